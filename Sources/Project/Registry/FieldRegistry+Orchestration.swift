extension FieldRegistry {
    // MARK: Triggers

    package static let trigger = Section(
        "a trigger",
        "What starts runs by itself while `millrace serve` runs: one condition, and what to do when it is fulfilled. A "
            + "person may start each at any time.",
        fields: conditions + [
            Field("manual", .bool, "`true`: only a person starts it.", example: "true"),
            Field(
                "select", .oneOrMore(.text), "The datasets to make, as on the command line; all if left out.",
                example: "flights+"),
            Field(
                "overlap", .word(Trigger.Overlap.allCases.map(\.rawValue)),
                "What happens while a run of the same trigger is not over: `queue` lets one run wait and drops more, "
                    + "`skip` starts none, `cancel_old` cancels the one that runs, `allow` lets both run. `queue` if "
                    + "left out.", example: "skip"),
            Field(
                "catch_up", .duration(min: 0, inSeconds: true),
                "How late a time that was missed, because the server was down, still starts a run: one, for the newest "
                    + "such time. Missed times start nothing if it is left out.", example: "6h"),
            Field(
                "jitter", .duration(min: 0, inSeconds: true),
                "Runs start up to so much later, so that not everything starts at once. How much is decided by a hash "
                    + "of the trigger's name and the time.", example: "30s"),
            Field(
                "debounce", .duration(min: 0, inSeconds: true),
                "It fires when the condition was fulfilled and then nothing more came for so long, or when ten times as long is over.",
                example: "30s"),
            Field(
                "priority", .integer(min: nil), "Of runs that wait, those with more come first; 0 if left out.",
                example: "10"),
            Field(
                "full_refresh", .bool, "Whether its runs make all selected datasets anew, from all rows.",
                example: "true"),
            Field("paused", .bool, "Whether it starts nothing until somebody resumes it.", example: "true"),
        ],
        needsOneOf: ["cron", "every", "files", "dataset", "webhook", "manual", "after", "and", "or"])

    /// What `and` and `or` combine.
    package static let triggerCondition = Section(
        "a condition", "When a trigger fires; in a trigger itself, and in the lists of `and` and `or`.",
        fields: conditions, needsOneOf: ["cron", "every", "files", "dataset", "webhook", "after", "and", "or"])

    private static let conditions = [
        Field(
            "cron", .text,
            "At the times of a cron expression: minute, hour, day of the month, month, day of the week, or `@hourly`, "
                + "`@daily`, `@weekly`, `@monthly`, `@yearly`. `L` is a month's last day, `FRIL` its last Friday, "
                + "`MON#2` its second Monday. When clocks are put forward, a time that they leave out is due in that "
                + "moment; when they are put back, a time that comes twice is due the first time. An expression for "
                + "every hour follows the time that passes.", example: "\"0 2 * * *\""),
        Field(
            "timezone", .text, "The time zone of `cron`, by its IANA name; UTC if left out.", example: "Europe/Berlin"),
        Field(
            "every", .duration(min: 1000, inSeconds: true),
            "Again and again after so much time, counted from 1970 in UTC: `15m` means at 0, 15, 30 and 45 minutes past.",
            example: "15m"),
        Field(
            "files", .oneOrMore(.text),
            "When files that match appear or change: paths or globs, relative to the project's folder or absolute.",
            example: "\"landing/*.csv\""),
        Field("dataset", .text, "When this dataset gets a new version.", example: "flights"),
        Field(
            "webhook", .bool, "`true`: when somebody calls `POST /hooks/NAME` of the server, NAME being the trigger's.",
            example: "true"),
        Field("after", .text, "When a run of this other trigger ended well.", example: "nightly"),
        Field(
            "and", .conditions, "When each of these conditions was fulfilled since it last fired.",
            example: "[{ dataset: flights }, { cron: \"@daily\" }]"),
        Field(
            "or", .conditions, "When one of these conditions is fulfilled.",
            example: "[{ dataset: flights }, { webhook: true }]"),
    ]

    // MARK: Datasets

    /// The fields of a dataset that say when and how its step is executed.
    static let execution = [
        Field(
            "retries", .anyOf([.integer(min: 0), .section(retries)]),
            "How many times the step is tried again after it failed for a reason that may pass; 0 if left out.",
            example: "3"),
        Field(
            "timeout", .duration(min: 1, inSeconds: false), "The most time that one attempt of the step may take.",
            example: "30m"),
        Field(
            "pool", .anyOf([.text, .section(poolUse)]),
            "The pool of which the step needs a place while it runs: one of `pools`.", example: "database"),
        Field(
            "priority", .integer(min: nil), "Of steps that are ready, those with more start first; 0 if left out.",
            example: "5"),
        Field(
            "freshness", .section(freshness), "How fresh the live version is to be; the server tells when it is not.",
            example: "{ within: 26h }"),
        Field(
            "partitions", .section(partitions),
            "Makes the dataset part by part: a run makes those that are due, and replaces just those.",
            example: "{ by: day, column: date, start: 2024-01-01 }"),
    ]

    package static let retries = Section(
        "a policy of retries", "How a step is tried again.",
        fields: [
            Field("count", .integer(min: 0), required: true, "How many times.", example: "3"),
            Field(
                "delay", .duration(min: 0, inSeconds: false), "The time before the first repetition; 10s if left out.",
                example: "10s"),
            Field(
                "factor", .number(min: 1, max: 100), "What each further delay is multiplied by; 2 if left out.",
                example: "2"),
            Field(
                "longest_delay", .duration(min: 0, inSeconds: false), "No delay is longer; 10m if left out.",
                example: "10m"),
            Field(
                "jitter", .number(min: 0, max: 1), "The share of a delay that chance decides; 0.1 if left out.",
                example: "0.1"),
        ])

    package static let poolUse = Section(
        "a pool", "Places of a pool.",
        fields: [
            Field("name", .text, required: true, "The pool: one of `pools`.", example: "database"),
            Field("weight", .integer(min: 1), "How many of its places; 1 if left out.", example: "2"),
        ])

    package static let freshness = Section(
        "freshness", "How fresh a dataset is to be.",
        fields: [
            Field(
                "within", .duration(min: 1000, inSeconds: true), required: true,
                "Its live version is no older than this.", example: "26h")
        ])

    package static let partitions = Section(
        "a partitioning", "The parts of a dataset: periods of time, or the values of a column.",
        fields: [
            Field(
                "by", .word(["hour", "day", "week", "month"]),
                "One partition for each such period, in UTC; weeks begin on Monday.", example: "day"),
            Field(
                "start", .text,
                "The first partition: `2024-01-01T00` for an hour, `2024-01-01` for a day or the Monday of a week, "
                    + "`2024-01` for a month.", example: "2024-01-01"),
            Field("values", .oneOrMore(.text), "One partition for each of these values.", example: "[de, fr]"),
            Field(
                "column", .text, required: true,
                "The column that says to which partition a row belongs: a DATE or TIMESTAMP for periods, else text.",
                example: "date"),
        ], needsOneOf: ["by", "values"])

    // MARK: The server

    package static let runs = Section(
        "the rules for runs", "The rules for runs that the server starts.",
        fields: [
            Field("concurrency", .integer(min: 1), "How many runs may go on at once; 2 if left out.", example: "2"),
            Field(
                "timeout", .duration(min: 1000, inSeconds: false), "The most time that a run may take.", example: "6h"),
            Field(
                "keep", .section(keep), "What is remembered about runs that are over.",
                example: "{ age: 90d, count: 100000 }"),
        ])

    package static let keep = Section(
        "what is kept", "What is remembered about runs; versions of datasets are not touched by it.",
        fields: [
            Field(
                "age", .duration(min: 60_000, inSeconds: true), "No run that ended longer ago; 90d if left out.",
                example: "90d"),
            Field("count", .integer(min: 1), "No more runs than so many; 100000 if left out.", example: "100000"),
        ])

    package static let notification = Section(
        "a notification", "Whom to tell what, by one of `webhook`, `email` and `command`.",
        fields: [
            Field(
                "on", .oneOrMore(.word(Notification.Occasion.allCases.map(\.rawValue))), required: true,
                "`failure` and `success` of a run; `late` when a run takes longer than `late_after`, or a dataset is "
                    + "older than its `freshness` allows.", example: "[failure, late]"),
            Field(
                "webhook", .text, "The URL that gets a POST with a JSON document.",
                example: "\"https://example.org/hook\""),
            Field(
                "email", .oneOrMore(.text), "The addresses that get a message, through the server of `smtp`.",
                example: "[data@example.org]"),
            Field(
                "command", .oneOrMore(.text),
                "A program with its arguments, which gets the JSON document on its standard input. It is started in "
                    + "the project's folder, not by a shell.", example: "[\"./tell.sh\"]"),
            Field(
                "triggers", .oneOrMore(.text), "Only for runs of these triggers; for all runs if left out.",
                example: "[nightly]"),
            Field(
                "late_after", .duration(min: 1000, inSeconds: true), "With `late`: a run is late when it takes longer.",
                example: "2h"),
        ], needsOneOf: ["webhook", "email", "command"])

    package static let smtp = Section(
        "a mail server", "The server that sends mail.",
        fields: [
            Field("host", .text, required: true, "Its name or address.", example: "mail.example.org"),
            Field(
                "port", .integer(min: 1),
                "Its port; if left out 587 for `starttls`, 465 for `tls` and 25 for `none`.", example: "587"),
            Field(
                "security", .word(MailServer.Security.allCases.map(\.rawValue)),
                "`starttls` begins in the clear and demands encryption before anything is said, `tls` is encrypted "
                    + "from the start, `none` not at all. `starttls` if left out.", example: "starttls"),
            Field("user", .text, "The name to log in with; no login if left out.", example: "millrace"),
            Field(
                "password", .text, "The password to log in with.", example: "\"${env:SMTP_PASSWORD:-secret}\""),
            Field("from", .text, required: true, "The sender's address.", example: "millrace@example.org"),
        ])
}
