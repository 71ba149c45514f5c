extension Template {
    /// CSV files, a join, checks, a quarantine that catches two rows, splits and a feed.
    static let csv = Template(
        name: "csv", summary: "CSV files, a join, checks, a quarantine, splits and a feed (the usual one)",
        files: [
            File(
                path: "millrace.yaml",
                text: """
                    project: «name»
                    store: store                # each dataset becomes a Delta Lake table in here

                    datasets:
                      deliveries_raw:
                        description: Deliveries as the couriers' app wrote them.
                        ingest: { files: "landing/deliveries*.csv", format: csv, nulls: ["NA"] }
                      couriers_raw:
                        description: Who drives what.
                        ingest: { files: landing/couriers.csv, format: csv }

                      deliveries:
                        description: One row per delivery that arrived, with its courier's vehicle.
                        sql: datasets/deliveries.sql
                        key: [delivery_id]
                        columns:
                          delivery_id: { type: BIGINT, description: "given by the app", checks: [not_null, unique] }
                          distance_km:
                            description: along the roads
                            checks:
                              - range: { min: 0.1, max: 60 }
                                on_fail: quarantine
                          minutes:
                            description: from order to door
                            checks:
                              - range: { min: 1, max: 300 }
                                on_fail: quarantine
                        checks:
                          - not_null: [city, vehicle]
                          - accepted: { column: vehicle, values: [bike, scooter, van] }
                          - rows: { min: 20 }
                        splits: { by: courier, seed: 7, train: 70, validation: 15, test: 15 }

                      late_by_city:
                        description: How often a city waits longer than 45 minutes.
                        sql: |
                          SELECT city, count(*) AS deliveries, avg(late::INTEGER) AS late_share
                          FROM deliveries
                          GROUP BY city
                          ORDER BY city

                    feeds:
                      late:
                        dataset: deliveries
                        columns: [distance_km, hour, vehicle]
                        label: late
                        split: train
                        batch: 8
                        shuffle: { seed: 7 }

                    """),
            File(
                path: "datasets/deliveries.sql",
                text: """
                    -- What is known about a delivery once it has arrived; 'late' is what a model learns to foresee.
                    SELECT
                        delivery_id,
                        courier,
                        vehicle,
                        city,
                        distance_km,
                        hour(ordered_at) AS hour,
                        date_diff('minute', ordered_at, delivered_at) AS minutes,
                        date_diff('minute', ordered_at, delivered_at) > 45 AS late
                    FROM deliveries_raw
                    JOIN couriers_raw USING (courier)
                    WHERE delivered_at IS NOT NULL

                    """),
            File(path: "landing/couriers.csv", text: couriers),
            File(path: "landing/deliveries.csv", text: deliveries),
            File(
                path: "README.md",
                text: """
                    # «name»

                        millrace run                                             # make every dataset that is stale
                        millrace list                                            # how they stand
                        millrace show deliveries                                 # columns, checks, splits, files
                        millrace query "SELECT * FROM late_by_city"
                        millrace query "SELECT * FROM deliveries__quarantine"    # what was refused, and why
                        millrace export late --output late.parquet               # training data

                    Two rows of `landing/deliveries.csv` cannot be right: a delivery over 870 km, and one that arrived
                    before it was ordered. The checks of `deliveries` (in `millrace.yaml`) put them into the quarantine
                    and publish the rest.

                    Run it again: nothing is done twice. Change the 45 minutes in `datasets/deliveries.sql`, or add
                    `landing/deliveries-2.csv`, and `millrace plan` tells what has become stale, and why.

                    """),
        ])

    private static let couriers = """
        courier,vehicle
        ada,bike
        ben,scooter
        chi,van
        dee,bike
        eli,scooter
        fay,van
        gus,bike
        hal,scooter

        """

    private static let deliveries = """
        delivery_id,courier,city,ordered_at,delivered_at,distance_km
        1001,ada,Lyon,2026-03-02 11:58:00,2026-03-02 12:21:00,2.4
        1002,ben,Lyon,2026-03-02 12:03:00,2026-03-02 12:44:00,6.1
        1003,chi,Porto,2026-03-02 12:10:00,2026-03-02 13:12:00,18.9
        1004,dee,Porto,2026-03-02 12:15:00,2026-03-02 12:39:00,3.0
        1005,eli,Turin,2026-03-02 12:21:00,2026-03-02 13:14:00,9.7
        1006,fay,Turin,2026-03-02 12:29:00,2026-03-02 13:06:00,11.2
        1007,gus,Lyon,2026-03-02 18:40:00,2026-03-02 19:02:00,2.1
        1008,hal,Lyon,2026-03-02 18:44:00,NA,7.5
        1009,ada,Lyon,2026-03-02 18:59:00,2026-03-02 19:38:00,4.8
        1010,ben,Porto,2026-03-02 19:05:00,2026-03-02 19:58:00,8.8
        1011,chi,Porto,2026-03-03 11:47:00,2026-03-03 12:31:00,14.0
        1012,dee,Porto,2026-03-03 11:55:00,2026-03-03 12:14:00,871.3
        1013,eli,Turin,2026-03-03 12:02:00,2026-03-03 12:49:00,8.3
        1014,fay,Turin,2026-03-03 12:09:00,2026-03-03 12:58:00,16.4
        1015,gus,Lyon,2026-03-03 12:17:00,2026-03-03 12:37:00,1.9
        1016,hal,Lyon,2026-03-03 12:26:00,2026-03-03 13:02:00,5.6
        1017,ada,Lyon,2026-03-03 18:31:00,2026-03-03 18:57:00,3.3
        1018,ben,Porto,2026-03-03 18:38:00,2026-03-03 18:12:00,6.0
        1019,chi,Porto,2026-03-03 18:46:00,2026-03-03 19:49:00,21.5
        1020,dee,Turin,2026-03-03 18:52:00,2026-03-03 19:20:00,3.9
        1021,eli,Turin,2026-03-03 19:01:00,2026-03-03 19:35:00,5.2
        1022,fay,Lyon,2026-03-03 19:08:00,2026-03-03 19:51:00,12.7
        1023,gus,Lyon,2026-03-03 19:15:00,2026-03-03 19:41:00,2.8
        1024,hal,Porto,2026-03-03 19:24:00,2026-03-03 20:16:00,9.1

        """
}
