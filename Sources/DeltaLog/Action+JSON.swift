extension Action {
    /// The action as one line of a commit, without the line's end.
    package var json: JSONValue {
        let (name, body): (String, JSONObject) =
            switch self {
            case .protocolVersion(let value): ("protocol", value.json)
            case .metadata(let value): ("metaData", value.json)
            case .add(let value): ("add", value.json)
            case .remove(let value): ("remove", value.json)
            case .transaction(let value): ("txn", value.json)
            case .domainMetadata(let value): ("domainMetadata", value.json)
            case .changeData(let value): ("cdc", value.json)
            case .commitInfo(let value): ("commitInfo", value)
            case .checkpointMetadata(let value): ("checkpointMetadata", value.json)
            case .sidecar(let value): ("sidecar", value.json)
            }
        return .object(JSONObject([(name, .object(body))]))
    }

    /// Reads a line of a commit or a row of a checkpoint. Nil when it is none of the actions known here: those are to
    /// be ignored. Members that are null count as absent.
    package init?(json: JSONValue) throws(DeltaLogError) {
        guard let line = json.object else { throw DeltaLogError(.corrupt, "an action must be a JSON object") }
        for member in line.members {
            guard let body = member.value.object else { continue }
            let fields = ActionFields(action: member.name, object: body)
            switch member.name {
            case "protocol": self = .protocolVersion(try ProtocolVersion(fields))
            case "metaData": self = .metadata(try Metadata(fields))
            case "add": self = .add(try AddFile(fields))
            case "remove": self = .remove(try RemoveFile(fields))
            case "txn": self = .transaction(try Transaction(fields))
            case "domainMetadata": self = .domainMetadata(try DomainMetadata(fields))
            case "cdc": self = .changeData(try ChangeDataFile(fields))
            case "commitInfo": self = .commitInfo(body)
            case "checkpointMetadata": self = .checkpointMetadata(try CheckpointMetadata(fields))
            case "sidecar": self = .sidecar(try Sidecar(fields))
            default: continue
            }
            return
        }
        return nil
    }
}

extension ProtocolVersion {
    var json: JSONObject {
        var object = JSONObject([
            ("minReaderVersion", .int(minReaderVersion)), ("minWriterVersion", .int(minWriterVersion)),
        ])
        object.add("readerFeatures", readerFeatures.map { .array($0.map(JSONValue.string)) })
        object.add("writerFeatures", writerFeatures.map { .array($0.map(JSONValue.string)) })
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        minReaderVersion = try fields.required("minReaderVersion", \.int)
        minWriterVersion = try fields.required("minWriterVersion", \.int)
        readerFeatures = fields.optional("readerFeatures", \.array)?.compactMap(\.text)
        writerFeatures = fields.optional("writerFeatures", \.array)?.compactMap(\.text)
    }
}

extension Metadata {
    var json: JSONObject {
        var object = JSONObject([("id", .string(id))])
        object.add("name", name.map(JSONValue.string))
        object.add("description", description.map(JSONValue.string))
        object.add(
            "format", .object(["provider": .string(provider), "options": .object(JSONObject(map: formatOptions))]))
        object.add("schemaString", .string(JSONValue.object(schema.json).serialized))
        object.add("partitionColumns", .array(partitionColumns.map(JSONValue.string)))
        object.add("configuration", .object(JSONObject(map: configuration)))
        object.add("createdTime", createdTime.map(JSONValue.int))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        id = try fields.required("id", \.text)
        name = fields.optional("name", \.text)
        description = fields.optional("description", \.text)
        let format = fields.optional("format", \.object)
        provider = format?["provider"]?.text ?? "parquet"
        formatOptions = format?["options"]?.object?.texts ?? [:]
        let text = try fields.required("schemaString", \.text)
        do {
            schema = try DeltaSchema(json: JSONValue(parsing: text))
        } catch let error as DeltaLogError {
            throw error
        } catch {
            throw DeltaLogError(.corrupt, "metaData.schemaString is no JSON: \(error)")
        }
        partitionColumns = fields.optional("partitionColumns", \.array)?.compactMap(\.text) ?? []
        configuration = fields.optional("configuration", \.object)?.texts ?? [:]
        createdTime = fields.optional("createdTime", \.int)
    }
}

extension AddFile {
    var json: JSONObject {
        var object = JSONObject([
            ("path", .string(path)), ("partitionValues", .object(JSONObject(nullableMap: partitionValues))),
            ("size", .int(size)), ("modificationTime", .int(modificationTime)), ("dataChange", .bool(dataChange)),
        ])
        object.add("stats", statistics.map(JSONValue.string))
        object.add("tags", tags.isEmpty ? nil : .object(JSONObject(nullableMap: tags)))
        object.add("deletionVector", (deletionVector?.json).map(JSONValue.object))
        object.add("baseRowId", baseRowID.map(JSONValue.int))
        object.add("defaultRowCommitVersion", defaultRowCommitVersion.map(JSONValue.int))
        object.add("clusteringProvider", clusteringProvider.map(JSONValue.string))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        path = try fields.required("path", \.text)
        partitionValues = fields.optional("partitionValues", \.object)?.nullableTexts ?? [:]
        size = try fields.required("size", \.int)
        modificationTime = fields.optional("modificationTime", \.int) ?? 0
        dataChange = fields.optional("dataChange", \.bool) ?? true
        statistics = fields.optional("stats", \.text)
        tags = fields.optional("tags", \.object)?.nullableTexts ?? [:]
        deletionVector = try DeletionVector(fields)
        baseRowID = fields.optional("baseRowId", \.int)
        defaultRowCommitVersion = fields.optional("defaultRowCommitVersion", \.int)
        clusteringProvider = fields.optional("clusteringProvider", \.text)
    }
}

extension RemoveFile {
    var json: JSONObject {
        var object = JSONObject([("path", .string(path))])
        object.add("deletionTimestamp", deletionTimestamp.map(JSONValue.int))
        object.add("dataChange", .bool(dataChange))
        object.add("extendedFileMetadata", extendedFileMetadata.map(JSONValue.bool))
        object.add("partitionValues", partitionValues.map { .object(JSONObject(nullableMap: $0)) })
        object.add("size", size.map(JSONValue.int))
        object.add("deletionVector", (deletionVector?.json).map(JSONValue.object))
        object.add("baseRowId", baseRowID.map(JSONValue.int))
        object.add("defaultRowCommitVersion", defaultRowCommitVersion.map(JSONValue.int))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        path = try fields.required("path", \.text)
        deletionTimestamp = fields.optional("deletionTimestamp", \.int)
        dataChange = fields.optional("dataChange", \.bool) ?? true
        extendedFileMetadata = fields.optional("extendedFileMetadata", \.bool)
        partitionValues = fields.optional("partitionValues", \.object)?.nullableTexts
        size = fields.optional("size", \.int)
        deletionVector = try DeletionVector(fields)
        baseRowID = fields.optional("baseRowId", \.int)
        defaultRowCommitVersion = fields.optional("defaultRowCommitVersion", \.int)
    }
}

extension DeletionVector {
    var json: JSONObject {
        var object = JSONObject([("storageType", .string(storageType)), ("pathOrInlineDv", .string(pathOrInlineDv))])
        object.add("offset", offset.map(JSONValue.int))
        object.add("sizeInBytes", .int(sizeInBytes))
        object.add("cardinality", .int(cardinality))
        return object
    }

    init?(_ file: ActionFields) throws(DeltaLogError) {
        guard let object = file.optional("deletionVector", \.object) else { return nil }
        try self.init(members: ActionFields(action: file.action + ".deletionVector", object: object))
    }

    /// Nil when the bytes are no JSON object with all that a deletion vector needs.
    init?(json bytes: UnsafeRawBufferPointer) {
        guard let object = (try? JSONValue.parse(bytes))?.object,
            let vector = try? DeletionVector(members: ActionFields(action: "deletionVector", object: object))
        else { return nil }
        self = vector
    }

    private init(members fields: ActionFields) throws(DeltaLogError) {
        storageType = try fields.required("storageType", \.text)
        pathOrInlineDv = try fields.required("pathOrInlineDv", \.text)
        offset = fields.optional("offset", \.int)
        sizeInBytes = try fields.required("sizeInBytes", \.int)
        cardinality = try fields.required("cardinality") { $0.int.flatMap { $0 >= 0 ? $0 : nil } }
    }
}

extension Transaction {
    var json: JSONObject {
        var object = JSONObject([("appId", .string(application)), ("version", .int(version))])
        object.add("lastUpdated", lastUpdated.map(JSONValue.int))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        application = try fields.required("appId", \.text)
        version = try fields.required("version", \.int)
        lastUpdated = fields.optional("lastUpdated", \.int)
    }
}

extension DomainMetadata {
    var json: JSONObject {
        ["domain": .string(domain), "configuration": .string(configuration), "removed": .bool(removed)]
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        domain = try fields.required("domain", \.text)
        configuration = fields.optional("configuration", \.text) ?? ""
        removed = fields.optional("removed", \.bool) ?? false
    }
}

extension CheckpointMetadata {
    var json: JSONObject {
        var object = JSONObject([("version", .int(version))])
        object.add("tags", tags.isEmpty ? nil : .object(JSONObject(nullableMap: tags)))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        version = try fields.required("version", \.int)
        tags = fields.optional("tags", \.object)?.nullableTexts ?? [:]
    }
}

extension Sidecar {
    var json: JSONObject {
        var object = JSONObject([
            ("path", .string(path)), ("sizeInBytes", .int(sizeInBytes)), ("modificationTime", .int(modificationTime)),
        ])
        object.add("tags", tags.isEmpty ? nil : .object(JSONObject(nullableMap: tags)))
        return object
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        path = try fields.required("path", \.text)
        sizeInBytes = fields.optional("sizeInBytes", \.int) ?? 0
        modificationTime = fields.optional("modificationTime", \.int) ?? 0
        tags = fields.optional("tags", \.object)?.nullableTexts ?? [:]
    }
}

extension ChangeDataFile {
    var json: JSONObject {
        [
            "path": .string(path), "partitionValues": .object(JSONObject(nullableMap: partitionValues)),
            "size": .int(size), "dataChange": .bool(false),
        ]
    }

    init(_ fields: ActionFields) throws(DeltaLogError) {
        path = try fields.required("path", \.text)
        partitionValues = fields.optional("partitionValues", \.object)?.nullableTexts ?? [:]
        size = fields.optional("size", \.int) ?? 0
    }
}
