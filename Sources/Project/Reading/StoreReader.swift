/// Reads `store`: a folder, an S3 URL, or a mapping that says more about the S3 service.
struct StoreReader {
    let context: ReadingContext

    /// Nil, and reported, when it is none of them.
    func store(_ values: FieldValues) -> StoreLocation? {
        guard let entry = values.entry("store") else { return nil }
        guard entry.value.mapping != nil else { return values.located("store").flatMap(location) }
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.store, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let endpoint = values.located("endpoint").flatMap(self.endpoint)
        let region = values.text("region")
        let pathStyle = values.bool("path_style")
        let profile = values.text("profile")
        switch values.located("url").flatMap(location) {
        case .s3(var address):
            address.endpoint = endpoint
            address.region = region
            address.pathStyle = pathStyle
            address.profile = profile
            return .s3(address)
        case .folder(let path):
            for name in ["endpoint", "region", "path_style", "profile"] {
                guard let entry = values.entry(name) else { continue }
                context.error(
                    "'\(name)' means nothing for a folder", at: entry.span,
                    hint: "remove it, or name a bucket: 's3://BUCKET/PREFIX'")
            }
            return .folder(path)
        case nil: return nil
        }
    }

    private func location(_ written: Located<String>) -> StoreLocation? {
        let text = written.value
        guard let scheme = text.firstRange(of: "://").map({ text[..<$0.lowerBound] }) else {
            return .folder(FilePath.resolve(text, in: context.root))
        }
        switch scheme {
        case "file": return .folder(FilePath.resolve(String(text.dropFirst("file://".count)), in: context.root))
        case "s3", "s3a":
            if let address = S3Address(url: text) { return .s3(address) }
            context.error(
                "this is no bucket of an S3 service", at: written.span,
                notes: [
                    "a bucket's name has 3 to 63 characters: lower-case letters, digits, '-', '.' and '_'",
                    "a prefix is names with '/' between them, none of them empty, '.' or '..'",
                ], hint: "write s3://BUCKET or s3://BUCKET/PREFIX")
        default:
            context.error(
                "stores of the kind '\(context.redaction.redact(String(scheme)))' are not supported by this version of "
                    + "Millrace", at: written.span, hint: "name a folder, or a bucket: 's3://BUCKET/PREFIX'")
        }
        return nil
    }

    private func endpoint(_ written: Located<String>) -> String? {
        let isURL = ["http://", "https://"].contains { scheme in
            written.value.hasPrefix(scheme) && written.value.dropFirst(scheme.count).first.map { $0 != "/" } == true
        }
        guard isURL else {
            context.error(
                "this is no URL of a service", at: written.span,
                hint: "write http://HOST:PORT or https://HOST, for example 'endpoint: \"http://localhost:8333\"'")
            return nil
        }
        return written.value
    }
}
