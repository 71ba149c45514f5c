extension FieldRegistry {
    package static let dataset = Section(
        "a dataset", "A named table with versions, made by exactly one step: `ingest`, `sql` or `run`.",
        fields: [
            Field("description", .text, "What a row of it is.", example: "One row per departure."),
            Field("tags", .oneOrMore(.text), "Words to select datasets by (`tag:daily`).", example: "[daily]"),
            Field(
                "ingest", .section(ingest), "Makes the dataset from files, or from a Delta table of somebody else.",
                example: "{ files: landing/weather.csv }"),
            Field(
                "sql", .sql,
                "Makes the dataset from others: a SELECT, or the path of a `.sql` file relative to the project's "
                    + "folder. `datasets/NAME.sql` if there is no step here.",
                example: "SELECT * FROM flights_raw"),
            Field(
                "run", .section(program), "Makes the dataset from others with a Python function or another program.",
                example: "{ python: steps/clean.py:clean, inputs: [reviews] }"),
            Field("key", .oneOrMore(.text), "The columns that identify a row.", example: "[flight_id]"),
            Field(
                "columns",
                .named(.anyOf([.text, .section(column)]), what: "the name of a column"),
                "The contract: what is promised about columns.",
                example: "{ flight_id: { type: string, checks: [not_null, unique] } }"),
            Field(
                "checks", .checks(ofColumn: false), "What must hold before a version is published.",
                example: "[{ not_null: [origin, dest] }]"),
            Field(
                "splits", .section(splits),
                "Adds a column `split`, decided by a seeded hash of one column, so that a group never straddles two "
                    + "splits.", example: "{ by: tailnum, seed: 7, train: 80, validation: 10, test: 10 }"),
            Field(
                "partition_by", .oneOrMore(.text), "Columns whose values decide the folder of a row's file.",
                example: "[year, month]"),
            Field(
                "mode", .word(Dataset.Mode.allCases.map(\.rawValue)),
                "`replace`: the rows of a run take the place of the last version's. `append`: they are added. `merge`: "
                    + "they take the place of those with the same `key`, and the others are added. `replace` if left "
                    + "out. An ingest that adds or merges reads only files that it has not read yet.",
                example: "append"),
            Field(
                "incremental", .text,
                "The input of which the SQL sees only the rows added since the dataset's own last version; of all "
                    + "other inputs it sees everything. For `mode: append` and `merge`.", example: "events"),
            Field(
                "on_replace", .word(Dataset.OnReplace.allCases.map(\.rawValue)),
                "What happens when rows of that input were replaced or taken out, so that nobody can say what was "
                    + "added: `fail`, or `full_refresh`, which makes the dataset anew from all rows. `fail` if left "
                    + "out.", example: "full_refresh"),
            Field(
                "delete_when", .text,
                "For `mode: merge` a SQL condition on the step's own columns: a row for which it is true deletes the "
                    + "one with its key, and is not kept itself.", example: "\"operation = 'delete'\""),
            Field(
                "schema", .word(SchemaPolicyName.allCases.map(\.rawValue)),
                "How the columns of new rows may differ from the table's: `fixed` (not at all), `add_columns` (there "
                    + "may be new ones, which are null in the rows that are there), `widen` (that, and types that hold "
                    + "all the values of the former ones, such as BIGINT after INTEGER). If it is left out, a "
                    + "replacement may have any columns, and added and merged rows must have the table's.",
                example: "add_columns"),
            Field(
                "engine", .text,
                "The engine that executes a SQL step: one of `engines`. `--engine` of `run` takes its place.",
                example: "local"),
        ] + execution,
        planned: ["label"])

    package static let program = Section(
        "a program", "What makes a dataset's rows where SQL cannot say it.",
        fields: [
            Field(
                "python", .text,
                "A Python file and a function of it, as `FILE.py:FUNCTION`. The function gets a `pyarrow.RecordBatch` "
                    + "(or what its annotation says) and returns one, or several one after the other.",
                example: "steps/clean.py:clean"),
            Field(
                "command", .oneOrMore(.text),
                "A program and its arguments. It is started for each batch, reads an Arrow IPC stream from standard "
                    + "input and writes one to standard output.", example: "[./tool, --fast]"),
            Field(
                "inputs", .oneOrMore(.text), required: true,
                "The datasets that it reads: the first one comes in batches; a Python function gets others whole, with "
                    + "`millrace.input(NAME)`, a program finds their Parquet files in `MILLRACE_INPUTS`.",
                example: "[reviews]"),
            Field("workers", .integer(min: 1), "How many processes work at once; 1 if left out.", example: "2"),
            Field(
                "batch_rows", .integer(min: 1), "Rows per batch; 65536 if left out. The last batch may have fewer.",
                example: "65536"),
            Field(
                "ordered", .bool,
                "Whether the answers to batches are taken in the order of the input; `true` if left out. `false` lets "
                    + "no batch wait for an earlier one. Files have no order either way: readers sort.",
                example: "false"),
            Field(
                "retries", .integer(min: 0),
                "How often a batch at which the program fails is tried again before rows are blamed; 0 if left out.",
                example: "2"),
            Field(
                "timeout", .duration(min: 1, inSeconds: false),
                "The most time for one batch: then the worker is ended, and the batch has failed. 10m if left out.",
                example: "30s"),
            Field(
                "setup_timeout", .duration(min: 1, inSeconds: false),
                "The most time for a Python function to get ready: to be imported, and for its `setup`. 10m if left out.",
                example: "1h"),
            Field(
                "memory", .memory, "The most memory of one worker: with more it is ended, and the batch has failed.",
                example: "2GB"),
            Field(
                "on_fail", .word(ProgramStep.OnFail.allCases.map(\.rawValue)),
                "What happens when the program fails at a batch: `quarantine` divides the batch until the rows to blame "
                    + "are found, quarantines them with the traceback, and publishes the rest; `fail` fails the step. "
                    + "`quarantine` if left out.", example: "fail"),
            Field(
                "max_failing", .integer(min: 0),
                "With `on_fail: quarantine`: with more such rows the step fails; 100 if left out.", example: "10"),
            Field(
                "files", .oneOrMore(.text),
                "Further files that decide what it makes: when one changes, the dataset is stale. The function's own "
                    + "file, and modules of the project that it imports, are among them anyhow.",
                example: "[steps/words.txt]"),
        ], needsOneOf: ["python", "command"])

    package static let column = Section(
        "a column", "What is promised about a column.",
        fields: [
            Field("type", .text, "Its type, as DuckDB names it.", example: "string"),
            Field("description", .text, "What it says.", example: "carrier-number-date-origin"),
            Field(
                "checks", .checks(ofColumn: true), "Checks of this column, which need not name it.",
                example: "[not_null, unique]"),
        ])

    package static let splits = Section(
        "splits", "How rows are dealt to splits.",
        fields: [
            Field(
                "by", .text, required: true, "The column whose value decides: a group stays together.",
                example: "tailnum"),
            Field("seed", .integer(min: nil), "Another seed deals otherwise; 0 if left out.", example: "7"),
        ],
        others: Field(
            "NAME", .number(min: nil, max: nil),
            "A split and its weight: what counts is its part of the sum of all weights.", example: "80"))

    package static let ingest = Section(
        "an ingest", "Files, or a Delta table of somebody else, that become a dataset.",
        fields: [
            Field(
                "files", .oneOrMore(.text),
                "Paths or globs, relative to the project's folder or absolute. `{partition}` in them stands for the key "
                    + "of a partition: then each file has the rows of one.", example: "landing/flights*.csv.gz"),
            Field(
                "delta", .text,
                "In place of files a Delta table that another tool writes: its folder, relative to the project's "
                    + "folder or absolute, or `s3://BUCKET/PATH`.", example: "/data/lake/events"),
            Field(
                "version", .integer(min: 0), "The version of that Delta table; its newest if left out.", example: "12"),
            Field(
                "changed", .word(Ingest.ChangedFiles.allCases.map(\.rawValue)),
                "For `mode: append` and `merge`: what happens with a file that was read and has other contents now. "
                    + "`fail` stops the step and names it, `reingest` reads it again (`append` then has the rows of "
                    + "both), `ignore` keeps what was read. If left out, `fail` for `append` and `reingest` for "
                    + "`merge`.", example: "ignore"),
            Field(
                "vanished", .word(Ingest.VanishedFiles.allCases.map(\.rawValue)),
                "For `mode: append` and `merge`: what happens when a file that was read is no longer there. `ignore` "
                    + "keeps its rows, `fail` stops the step and names it. `ignore` if left out.", example: "fail"),
            Field(
                "format", .word(Ingest.Format.allCases.map(\.rawValue)),
                "How the files are written; told by their ending if left out.", example: "csv"),
            Field(
                "compression", .word(Ingest.Compression.allCases.map(\.rawValue)),
                "How the files are packed; told by their ending if left out.", example: "gzip"),
            Field(
                "types", .named(.text, what: "the name of a column"),
                "Types of columns that shall not be guessed from the data.", example: "{ zip: VARCHAR }"),
            Field(
                "on_error", .word(Ingest.OnError.allCases.map(\.rawValue)),
                "What happens with a line that cannot be read: `fail` stops the step and names it, `quarantine` puts "
                    + "it into the quarantine and publishes the rest. `fail` if left out.", example: "quarantine"),
            Field(
                "nulls", .oneOrMore(.text), "CSV: words that mean 'no value', besides the empty field.",
                example: "[\"NA\"]"),
            Field("delimiter", .text, "CSV: what separates fields; found out if left out.", example: "\";\""),
            Field("quote", .text, "CSV: the quotation mark; none if empty.", example: "'\"'"),
            Field("escape", .text, "CSV: what stands before a quotation mark inside quotes.", example: "'\"'"),
            Field("comment", .text, "CSV: what starts a line that is left out.", example: "\"#\""),
            Field(
                "header", .bool, "CSV: whether the first line names the columns; found out if left out.",
                example: "true"),
            Field("skip", .integer(min: 0), "CSV: lines to leave out at the start of each file.", example: "1"),
            Field("decimal", .word([".", ","]), "CSV: what stands before the decimals of a number.", example: "\",\""),
            Field("date_format", .text, "CSV: how dates are written, in strptime's letters.", example: "\"%d.%m.%Y\""),
            Field(
                "timestamp_format", .text, "CSV: how timestamps are written, in strptime's letters.",
                example: "\"%Y-%m-%d %H:%M\""),
            Field(
                "encoding", .word(["utf-8", "utf-16", "latin-1"]),
                "CSV: how characters are encoded; utf-8 if left out.", example: "latin-1"),
            Field(
                "null_padding", .bool, "CSV: whether rows that are too short are filled with nulls instead of refused.",
                example: "true"),
        ], needsOneOf: ["files", "delta"])

    /// The fields of `ingest` that mean something for CSV files only.
    package static let csvOnly: Set<String> = [
        "nulls", "delimiter", "quote", "escape", "comment", "header", "skip", "decimal", "date_format",
        "timestamp_format", "encoding", "null_padding",
    ]
}
