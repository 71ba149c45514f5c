extension Template {
    /// JSON lines, datasets that are SQL files alone, and a quarantine that catches a row.
    static let jsonl = Template(
        name: "jsonl", summary: "JSON lines, and datasets that are SQL files alone",
        files: [
            File(
                path: "millrace.yaml",
                text: """
                    project: «name»
                    store: store

                    datasets:
                      messages_raw:
                        description: Messages of a help desk, one JSON object a line.
                        ingest: { files: "landing/*.jsonl", format: jsonl }

                    # Every datasets/NAME.sql is a dataset too.

                    feeds:
                      urgency: { dataset: messages, columns: [text], label: urgent, split: train, batch: 4 }

                    """),
            File(
                path: "datasets/messages.sql",
                text: """
                    /*
                    description: Messages with text, each with its sender's country.
                    key: [id]
                    columns:
                      id: { checks: [not_null, unique] }
                      text: { checks: [ { length: { min: 3, max: 500 }, on_fail: quarantine } ] }
                      country: { checks: [ { pattern: "^[A-Z]{2}$", on_fail: quarantine } ] }
                    splits: { by: sender, seed: 11, train: 80, test: 20 }
                    */
                    SELECT
                        id,
                        sender.name AS sender,
                        sender.country AS country,
                        trim(text) AS text,
                        urgent
                    FROM messages_raw
                    WHERE text IS NOT NULL

                    """),
            File(
                path: "datasets/messages_by_country.sql",
                text: """
                    SELECT country, count(*) AS messages, sum(urgent::INTEGER) AS urgent
                    FROM messages
                    GROUP BY country
                    ORDER BY country

                    """),
            File(path: "landing/messages.jsonl", text: messages),
            File(
                path: "README.md",
                text: """
                    # «name»

                        millrace run
                        millrace show messages
                        millrace query "SELECT * FROM messages__quarantine"
                        millrace export urgency --output urgency.jsonl

                    One message is too short to learn from, and one country is no country code: the checks in
                    `datasets/messages.sql` put both into the quarantine and publish the rest.

                    """),
        ])

    private static let messages = """
        {"id": 1, "sender": {"name": "ana", "country": "PT"}, "text": "The invoice shows last month's address.", "urgent": false}
        {"id": 2, "sender": {"name": "bo", "country": "SE"}, "text": "Nobody can sign in since this morning!", "urgent": true}
        {"id": 3, "sender": {"name": "cem", "country": "TR"}, "text": "How do I add a second user?", "urgent": false}
        {"id": 4, "sender": {"name": "ana", "country": "PT"}, "text": "ok", "urgent": false}
        {"id": 5, "sender": {"name": "dag", "country": "NO"}, "text": "Payments are taken twice.", "urgent": true}
        {"id": 6, "sender": {"name": "eva", "country": "Czechia"}, "text": "Where is the export button?", "urgent": false}
        {"id": 7, "sender": {"name": "fil", "country": "SE"}, "text": "Please delete my account.", "urgent": false}
        {"id": 8, "sender": {"name": "gro", "country": "NO"}, "text": "The site is down for all of our shops.", "urgent": true}
        {"id": 9, "sender": {"name": "cem", "country": "TR"}, "text": null, "urgent": false}
        {"id": 10, "sender": {"name": "hye", "country": "KR"}, "text": "The receipt lacks the tax number.", "urgent": false}

        """
}
