import CArrow

/// What an exported array refers to: the vector, which keeps its buffers.
final class ExportedArray {
    private let vector: Vector
    private var allocations = CAllocations()

    private init(_ vector: Vector) {
        self.vector = vector
    }

    deinit {
        allocations.free()
    }

    static func fill(_ target: UnsafeMutablePointer<ArrowArray>, _ vector: Vector) throws {
        let owner = ExportedArray(vector)
        var array = ArrowArray()
        array.length = Int64(vector.count)
        array.null_count = Int64(vector.nullCount)
        // pyarrow 26 takes buffers to be empty where there are no rows, whatever the offset.
        array.offset = vector.count == 0 ? 0 : Int64(vector.offset)
        let buffers = owner.buffers()
        array.n_buffers = Int64(buffers.count)
        array.buffers = owner.allocations.array(UnsafeRawPointer?.self, buffers.count)
        for (index, buffer) in buffers.enumerated() { array.buffers[index] = buffer }
        array.n_children = Int64(vector.children.count)
        if !vector.children.isEmpty {
            let children = owner.allocations.array(UnsafeMutablePointer<ArrowArray>?.self, vector.children.count)
            for (index, child) in vector.children.enumerated() {
                let place = owner.allocations.array(ArrowArray.self, 1)
                try fill(place, vector.type.isMap ? child.withOffsetInChildren() : child)
                children[index] = place
            }
            array.children = children
        }
        if let dictionary = vector.dictionary {
            let place = owner.allocations.array(ArrowArray.self, 1)
            try fill(place, dictionary)
            array.dictionary = place
        }
        array.private_data = Unmanaged.passRetained(owner).toOpaque()
        array.release = { array in
            guard let array, let owner = array.pointee.private_data else { return }
            for index in 0..<Int(array.pointee.n_children) {
                // One that was moved away has no `release` any more.
                if let child = array.pointee.children?[index] { child.pointee.release?(child) }
            }
            if let dictionary = array.pointee.dictionary { dictionary.pointee.release?(dictionary) }
            array.pointee.release = nil
            array.pointee.private_data = nil
            Unmanaged<ExportedArray>.fromOpaque(owner).release()
        }
        target.initialize(to: array)
    }

    private func buffers() -> [UnsafeRawPointer?] {
        let layout = vector.type.layout
        var buffers: [UnsafeRawPointer?] = layout.hasValidity ? [vector.validity?.start] : []
        buffers += vector.buffers.map { $0.start }
        if layout.isVariadic {
            let sizes = allocations.array(Int64.self, vector.buffers.count - 1)
            for (index, buffer) in vector.buffers.dropFirst().enumerated() { sizes[index] = Int64(buffer.count) }
            buffers.append(UnsafeRawPointer(sizes))
        }
        return buffers
    }
}

extension DataType {
    fileprivate var isMap: Bool {
        if case .map = self { true } else { false }
    }
}

extension Vector {
    /// A structure whose own offset is 0. pyarrow 26 overlooks the offset of a map's entries.
    fileprivate func withOffsetInChildren() throws -> Vector {
        guard offset > 0 else { return self }
        return try Vector(
            type, count: count, validity: validity.map { try Bitmap.moved($0, offset: offset, count: count) },
            children: children.indices.map { member($0) })
    }
}
