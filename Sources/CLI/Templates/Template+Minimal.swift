extension Template {
    /// The least that shows the way from a file to a checked dataset.
    static let minimal = Template(
        name: "minimal", summary: "one CSV file, one SQL step, one check",
        files: [
            File(
                path: "millrace.yaml",
                text: """
                    project: «name»
                    store: store

                    datasets:
                      readings_raw:
                        ingest: { files: landing/readings.csv, format: csv }
                      readings:
                        sql: SELECT sensor, taken_at, celsius, celsius * 9 / 5 + 32 AS fahrenheit FROM readings_raw
                        checks:
                          - range: { column: celsius, min: -60, max: 60 }
                            on_fail: quarantine

                    """),
            File(
                path: "landing/readings.csv",
                text: """
                    sensor,taken_at,celsius
                    north,2026-03-02 06:00:00,4.5
                    north,2026-03-02 12:00:00,9.8
                    south,2026-03-02 06:00:00,6.1
                    south,2026-03-02 12:00:00,999.9
                    south,2026-03-02 18:00:00,8.0

                    """),
            File(
                path: "README.md",
                text: """
                    # «name»

                        millrace run
                        millrace query "SELECT * FROM readings"
                        millrace query "SELECT * FROM readings__quarantine"

                    999.9 is what the sensor writes when it is broken: the check refuses that row and publishes the rest.

                    """),
        ])
}
