import Planning
import Project
import Testing

@testable import Recording
@testable import Running

@Suite("Telling a run to programs")
struct JSONRecorderTests {
    @Test("each event is one line of JSON with stable fields")
    func lines() throws {
        let flights = try Samples.name("flights")
        let sink = Sink()
        let recorder = JSONRecorder { sink.write($0, .report) }
        recorder.record(.stepAudited(flights, [Samples.refused]), at: Samples.start)
        recorder.record(.stepSkipped(flights, .upstreamFailed(flights)), at: Samples.start)
        recorder.record(
            .stepFinished(
                Samples.result(
                    flights, rows: RowAccount(read: 3, published: 2, quarantined: 1), splits: ["b": 1, "a": 1])),
            at: Samples.start)
        recorder.record(.runFinished(Samples.summary(.nothingToDo, upToDate: 7)), at: Samples.start)
        let fingerprint = Fingerprint.Builder().finish().text
        #expect(
            sink.report == #"""
                {"event":"step_audited","at":"2026-03-04T05:06:07.000Z","dataset":"flights","checks":[{"name":"unique(flight_id)","status":"failed","looked":330233,"failing":7,"value":null,"message":"7 of 330,233 rows (< 0.01 %): not unique","examples":[{"flight_id":"UA-1","dest":null},{"flight_id":"AA-22","dest":"J\u001b[31mFK"}]}]}
                {"event":"step_skipped","at":"2026-03-04T05:06:07.000Z","dataset":"flights","reason":"upstream_failed","upstream":"flights"}
                {"event":"step_finished","at":"2026-03-04T05:06:07.000Z","dataset":"flights","version":3,"table":"t","seconds":1.23,"bytes":18234567,"files":2,"rows":{"read":3,"published":2,"quarantined":1},"quarantine_version":null,"splits":{"a":1,"b":1},"inputs":{},"foreign":{},"fingerprint":"\#(fingerprint)","checks":[]}
                {"event":"run_finished","at":"2026-03-04T05:06:07.000Z","run":"20260304T050607-1a2b3c","outcome":"nothing_to_do","has_bug":false,"done":0,"failed":0,"skipped":0,"up_to_date":7,"seconds":2.4}

                """#)
    }
}
