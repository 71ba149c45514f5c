import Engines
import Ingesting
import Planning
import Project
import Store
import Timetable

extension StepReader {
    /// Whether nothing stays of what is there: by the user's wish, or because it was not made by these partitions.
    func isWhole(
        _ step: Plan.Step, _ partitioning: Partitioning, of dataset: Dataset, head: TableHead?
    ) throws -> Bool {
        guard let head, step.partitions?.isAnew != true else { return head != nil }
        let made = head.record?.partitions
        guard made == nil || made?.run.period != partitioning.period else { return false }
        guard step.partitions?.follows ?? true else {
            throw StepError([
                .error(
                    "version \(head.pinned.version) of '\(dataset.name)' was not made by these partitions, so that "
                        + "none of them can be made by itself", at: partitioning.span,
                    hint: "'millrace run \(dataset.name)' makes all of them, in the place of what is there")
            ])
        }
        return true
    }

    /// Decides which partitions the step makes, now that everything that it reads is pinned.
    func pinPartitions(
        _ partitioning: Partitioning, _ step: Plan.Step, of dataset: Dataset, head: TableHead?,
        _ reading: inout StepReading
    ) async throws {
        guard let planned = step.partitions else { return }
        let listed = sources.files[dataset.name]
        let isWhole = reading.isFull && head != nil
        let record = isWhole ? nil : head?.record
        let inputs = PartitionReader.Inputs(
            datasets: reading.pinned.mapValues { DatasetState(pinned: $0, record: nil) },
            foreign: reading.foreignPinned.mapValues { DatasetState(pinned: $0, record: nil) }, files: listed)
        var making = planned.making
        var confirmed: [PartitionRecord.Made] = []
        if planned.follows, let before = record?.partitions {
            let news = try await PartitionReader(project: project, store: store).news(
                of: dataset, partitioning, live: head?.pinned, record: record, inputs)
            let stale = news.stale.reduce(PartitionSet(emptyLike: making)) { $0.union($1.partitions) }
            making = planned.due.subtracting(before.partitions).union(planned.due.intersection(stale))
            confirmed = before.made.map {
                PartitionRecord.Made(partitions: $0.partitions.subtracting(stale), origin: $0.origin)
            }
            // Another run was faster: what was planned is made all the same, for a step must have something to do.
            if making.isEmpty, dataset.step.ingest != nil { making = planned.making }
        }
        var job = PartitionJob(
            partitioning: partitioning, making: making,
            seeksStrays: listed != nil || planned.follows && planned.due.isSubset(of: making))
        var notes: [CheckOutcome] = []
        if let listed, let ingest = dataset.step.ingest,
            let files = PartitionedFiles(listed, ingest, partitioning, in: project.root)
        {
            let empty = making.subtracting(files.partitions)
            guard empty.isEmpty else {
                throw StepError([
                    .error("there are no files of \(empty)", at: ingest.files.first?.span ?? dataset.span)
                ])
            }
            let wanted = listed.filter { files.isOf(making, $0) }
            reading.files = wanted
            job.seeksStrays = false
            job.files = files.keys.filter { making.contains(PartitionKey($0.value)) }
            job.digests = files.digests
            notes = Self.notes(on: files, listed)
        }
        let origin = PartitionRecord.Origin(
            fingerprint: step.fingerprint, inputs: reading.pinned,
            foreign: reading.foreignPinned.isEmpty ? nil : reading.foreignPinned, files: listed?.summary.digest)
        reading.partitions = StepPartitions(
            job: job,
            update: PartitionUpdate(partitions: making, origin: origin, isWhole: isWhole, confirmed: confirmed),
            isWhole: isWhole, notes: notes)
    }

    private static func notes(on files: PartitionedFiles, _ listed: SourceFiles) -> [CheckOutcome] {
        guard let first = files.others.first else { return [] }
        let count = files.others.count
        return [
            CheckOutcome(
                name: "files", status: .warned, failing: count,
                message: "'\(listed.name(of: first))'" + (count > 1 ? " and \(count - 1) more files are" : " is")
                    + " of no partition, and \(count > 1 ? "were" : "was") not read")
        ]
    }
}
