import CArrow
import Columnar
import Foundation
import Synchronization
import Testing

struct CInterfaceTests {
    /// The Python that has pyarrow, as a library, and its modules.
    private static let python: [String] =
        Judge.isInstalled
        ? (try? Judge.ask("library.py"))?.split(separator: "\n").map(String.init) ?? [] : []

    @Test(
        "pyarrow takes batches and streams over without a copy and gives them back, with errors, and nothing leaks",
        .enabled(if: Workload.path != nil && python.count == 2, "there is no shared library of Python"))
    func pyarrow() throws {
        let cases = ProcessInfo.processInfo.environment["MILLRACE_COLUMNAR_CASES"] ?? "60"
        let folders = Self.python[1] + ":" + Judge.tests.appending(path: "Judges").path
        let result = try Workload.run("python", Self.python[0], folders, cases)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("\"batches\""))
    }
}

/// Arrays that the test makes by hand, as another library would.
struct ForeignArrayTests {
    /// Counts releases.
    private final class Producer {
        let releases: Mutex<Int> = Mutex(0)
        let values: UnsafeMutablePointer<Int32>
        let buffers: UnsafeMutablePointer<UnsafeRawPointer?>

        init(_ numbers: [Int32]) {
            values = .allocate(capacity: max(1, numbers.count))
            values.initialize(from: numbers, count: numbers.count)
            buffers = .allocate(capacity: 2)
            buffers.initialize(repeating: nil, count: 2)
            buffers[1] = UnsafeRawPointer(values)
        }

        deinit {
            values.deallocate()
            buffers.deallocate()
        }

        func array(length: Int64) -> ArrowArray {
            var array = ArrowArray()
            array.length = length
            array.n_buffers = 2
            array.buffers = buffers
            array.private_data = Unmanaged.passUnretained(self).toOpaque()
            array.release = { array in
                guard let array, let data = array.pointee.private_data else { return }
                Unmanaged<Producer>.fromOpaque(data).takeUnretainedValue().releases.withLock { $0 += 1 }
                array.pointee.release = nil
            }
            return array
        }

        var count: Int { releases.withLock { $0 } }
    }

    @Test("an array is released once, with the last slice of it, and nothing was copied")
    func release() throws {
        let producer = Producer([1, 2, 3])
        var array = producer.array(length: 3)
        var slice: Vector?
        try {
            let vector = try CInterface.importVector(&array, .int32)
            #expect(array.release == nil)
            try vector.withElements(as: Int32.self) { elements in
                #expect(elements.baseAddress == UnsafePointer(producer.values))
            }
            slice = vector.slice(1, 2)
        }()
        #expect(producer.count == 0)
        #expect(slice?.values == [.int(2), .int(3)])
        slice = nil
        #expect(producer.count == 1)
    }

    @Test("an array that is refused is released, too")
    func refused() throws {
        let producer = Producer([1])
        for (length, type) in [(-1, DataType.int32), (1, .utf8), (.max, .int64), (1, .list(of: .int8)), (1, .bool)] {
            var array = producer.array(length: Int64(length))
            if type == .bool { array.null_count = 5 }
            #expect(throws: ColumnarError.self) { try CInterface.importVector(&array, type) }
            #expect(array.release == nil)
        }
        #expect(producer.count == 5)
        var released = ArrowArray()
        #expect(throws: ColumnarError.self) { try CInterface.importVector(&released, .int32) }
    }

    @Test("what was exported keeps the vector until it is released, and a child may be moved out")
    func export() throws {
        weak var vector: Vector?
        var array = ArrowArray()
        try {
            let made = try Vector.make(.list(of: .int8), [.list([.int(1)])])
            vector = made.children[0]
            try CInterface.export(made, to: &array)
        }()
        #expect(vector != nil)
        var child = try #require(array.children?[0]).pointee
        array.children?[0]?.pointee.release = nil
        array.release?(&array)
        #expect(array.release == nil)
        #expect(vector != nil)
        child.release?(&child)
        #expect(vector == nil)
    }

    @Test("a stream that keeps its schema gives it out as often as it is asked for", arguments: [true, false])
    func streamSchema(_ keepsSchema: Bool) throws {
        let schema = Schema([Field("a", .list(of: .utf8)), Field("b", .int8)], metadata: ["k": "v"])
        var stream = ArrowArrayStream()
        CInterface.export(schema, to: &stream, keepsSchema: keepsSchema) { nil }
        for _ in 0..<3 {
            var found = ArrowSchema()
            #expect(stream.get_schema(&stream, &found) == 0)
            #expect(try CInterface.importSchema(&found) == schema)
            #expect(found.release == nil)
        }
        var array = ArrowArray()
        #expect(stream.get_next(&stream, &array) == 0)
        #expect(array.release == nil)
        stream.release(&stream)
        #expect(stream.release == nil)
    }

    @Test("every type comes back from the C interface", arguments: RandomTypes.some)
    func types(_ type: DataType) throws {
        var schema = ArrowSchema()
        let field = Field("näme", type, isNullable: false, metadata: ["key": "välue", "": ""])
        CInterface.export(field, to: &schema)
        #expect(try CInterface.importField(&schema) == field)
        #expect(schema.release == nil)
    }

    @Test(
        "formats that are none are refused",
        arguments: ["", "x", "d:", "d:1", "d:40,0", "w:-1", "tsx:", "+l", "+ud:300", "+w:x"])
    func formats(_ format: String) {
        var schema = ArrowSchema()
        let text = strdup(format)
        defer { free(text) }
        schema.format = UnsafePointer(text)
        schema.release = { $0?.pointee.release = nil }
        #expect(throws: ColumnarError.self) { try CInterface.importField(&schema) }
        #expect(schema.release == nil)
    }
}
