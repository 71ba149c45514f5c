/// What a field of a cron expression counts.
struct CronField: Sendable {
    /// With its article, for messages.
    var title: String
    var values: ClosedRange<Int>
    /// The words for values, in lower case, from the first value on.
    var names: [String] = []
    /// A value beyond the others that stands for the first: 7 for Sunday.
    var alias: Int?
    var example: String

    static let minute = CronField(title: "the minute", values: 0...59, example: "0, */15 or 10,40")
    static let hour = CronField(title: "the hour", values: 0...23, example: "2, 8-18 or */6")
    static let monthDay = CronField(title: "the day of the month", values: 1...31, example: "1, 1,15 or L")
    static let month = CronField(
        title: "the month", values: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        example: "1, JAN or 1-6")
    static let weekday = CronField(
        title: "the day of the week", values: 0...6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        alias: 7, example: "MON, MON-FRI, FRIL or MON#2")

    /// Bit *n* for each value *n*.
    var all: UInt64 { values.reduce(0) { $0 | 1 << UInt64($1) } }
}
