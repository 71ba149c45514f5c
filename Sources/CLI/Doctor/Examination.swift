import DuckDB
import FoundationEssentials
import Glibc
import Millrace
import Project
import Recording

/// Looks at everything that a run needs.
struct Examination {
    /// Where the project is looked for.
    let folder: String

    func findings() async -> [Finding] {
        var findings = [program] + engine
        let (workspace, about) = self.project
        findings.append(about)
        guard let workspace else { return findings }
        switch workspace.project.store {
        case .folder(let path): findings += [store(in: path), space(of: path)]
        case .s3(let address): findings += [httpfs, await store(at: address, of: workspace)]
        }
        return findings + [history(of: workspace.project)] + (await clusters(of: workspace))
    }

    /// The engines elsewhere. They are no condition for a run on this machine.
    private func clusters(of workspace: Workspace) async -> [Finding] {
        var findings: [Finding] = []
        for engine in workspace.project.engines.values.sorted(by: { $0.name < $1.name }) where engine.kind == .spark {
            do {
                let version = try await workspace.sparkVersion(of: engine.name)
                findings.append(.ok(engine.name, "Spark \(version) answers"))
            } catch {
                let problem = error as? Diagnostic
                findings.append(.note(engine.name, problem?.message ?? "\(error)", remedy: problem?.hint))
            }
        }
        return findings
    }

    private var program: Finding {
        var name = utsname()
        uname(&name)
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        return .ok(
            "millrace",
            "\(Release.version), \(text(name.sysname)) \(text(name.machine)), \(Quantity.count(cores, "core")), "
                + "\(Quantity.bytes(memory)) of memory")
    }

    private var engine: [Finding] {
        do {
            let start = Self.seconds()
            let library = try Library.open()
            let opened = Self.seconds()
            let usable = Finding.ok(
                "duckdb", "\(library.version), \(library.path), opened in \(Self.milliseconds(opened - start))")
            do {
                let answer = try Database().withConnection { try $0.query("SELECT 6 * 7 AS answer") }
                guard answer.first?["answer"].int == 42 else {
                    return [usable, .missing("engine", "a query gives a wrong answer", remedy: "scripts/bootstrap")]
                }
                let took = Self.milliseconds(Self.seconds() - opened)
                return [usable, .ok("engine", "a database opens and answers in \(took)")]
            } catch {
                return [usable, .missing("engine", "no database opens: \(error)", remedy: "scripts/bootstrap")]
            }
        } catch {
            return [
                .missing(
                    "duckdb", error.message,
                    remedy: "scripts/bootstrap")
            ]
        }
    }

    private var project: (Workspace?, Finding) {
        do {
            let workspace = try Workspace.open(
                Workspace.Options(
                    folder: folder, environment: ProcessInfo.processInfo.environment,
                    millraceVersion: Release.version, engine: nil))
            let project = workspace.project
            let counted = "\(project.name), \(Quantity.count(project.datasets.count, "dataset")), \(project.root)"
            guard workspace.warnings.isEmpty else {
                return (
                    workspace,
                    .note(
                        "project", counted + ", \(Quantity.count(workspace.warnings.count, "warning"))",
                        remedy: "millrace check")
                )
            }
            return (workspace, .ok("project", counted))
        } catch {
            guard Self.hasProject(folder) else {
                return (nil, .note("project", "none in \(folder) or above it", remedy: "millrace init my-project"))
            }
            let errors = error.all.count { $0.severity == .error }
            return (
                nil,
                .missing(
                    "project",
                    "\(Quantity.count(errors, "error")), the first: \(error.all.first?.message ?? "unknown")",
                    remedy: "millrace check")
            )
        }
    }

    private func store(in path: String) -> Finding {
        let existing = Self.nearestFolder(path)
        guard let trouble = Self.writeTrouble(in: existing) else {
            return .ok("store", path + (existing == path ? ", can be written" : ", will be made"))
        }
        return .missing("store", "\(existing) cannot be written: \(trouble)", remedy: "chmod u+rwx '\(existing)'")
    }

    /// DuckDB reads and writes what is in a bucket with an extension of its own.
    private var httpfs: Finding {
        do {
            return .ok("httpfs", try Extension.find(Extension.httpfs))
        } catch {
            return .missing("httpfs", error.message, remedy: "scripts/bootstrap")
        }
    }

    /// Lists the store, which tells a wrong address, a missing bucket and wrong credentials from each other.
    private func store(at address: S3Address, of workspace: Workspace) async -> Finding {
        let start = Self.seconds()
        do {
            let tables = try await workspace.storedTables()
            let took = Self.milliseconds(Self.seconds() - start)
            return .ok("store", "\(address.url), \(Quantity.count(tables.count, "table")), listed in \(took)")
        } catch let error as Diagnostics {
            let first = error.all.first
            return .missing(
                "store",
                ([first?.message ?? "\(address.url) cannot be read"] + (first?.notes ?? [])).joined(separator: "\n"),
                remedy: first?.hint ?? "see what 'store' says in millrace.yaml")
        } catch {
            return .missing("store", "\(error)", remedy: "see what 'store' says in millrace.yaml")
        }
    }

    private func space(of path: String) -> Finding {
        var disk = statvfs()
        guard statvfs(Self.nearestFolder(path), &disk) == 0 else {
            return .note("space", "unknown: \(String(cString: strerror(errno)))")
        }
        let free = Int(disk.f_bavail) * Int(disk.f_frsize)
        let text = "\(Quantity.bytes(free)) free where the store lies"
        return free >= 1_000_000_000
            ? .ok("space", text) : .note("space", text, remedy: "make room: a run needs the size of what it writes")
    }

    private func history(of project: Project) -> Finding {
        let trouble = Trouble()
        let history = RunHistory(path: project.root + "/.millrace/state.sqlite") { trouble.add($0) }
        guard access(history.path, F_OK) == 0 else { return .ok("history", "no run yet") }
        let runs = history.runs(limit: 1)
        if let diagnostic = trouble.first {
            return .note("history", diagnostic.message, remedy: "rm '\(history.path)': it may be lost")
        }
        let last = runs.first.map { "the last run \(Timestamp.ago($0.startedAt, now: currentMilliseconds()))" }
        return .ok("history", last ?? "no run yet")
    }

    private static func hasProject(_ folder: String) -> Bool {
        var url = URL(filePath: folder).standardizedFileURL
        while true {
            if access(url.path + "/millrace.yaml", F_OK) == 0 { return true }
            let above = url.deletingLastPathComponent()
            if above.path == url.path || url.path == "/" { return false }
            url = above
        }
    }

    /// The folder, or the nearest one above it that is there.
    private static func nearestFolder(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            path = String(path[..<slash])
        }
        return access(path, F_OK) == 0 ? path : "/"
    }

    /// Why no file can be made in a folder; nil when one can.
    private static func writeTrouble(in folder: String) -> String? {
        let path = "\(folder)/.millrace-doctor-\(getpid())"
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        close(descriptor)
        unlink(path)
        return nil
    }

    private static func seconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    private static func milliseconds(_ seconds: Double) -> String {
        "\(Quantity.decimal(seconds * 1000, places: 0)) ms"
    }
}
