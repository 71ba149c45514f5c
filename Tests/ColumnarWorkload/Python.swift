import Foundation

/// A Python interpreter in this process.
final class Python {
    private let runSimpleString: @convention(c) (UnsafePointer<CChar>) -> Int32

    /// - Parameters:
    ///   - library: the path of `libpython`.
    ///   - folders: where modules are looked for first.
    init(library: String, folders: [String]) throws {
        guard let handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL), let initialize = dlsym(handle, "Py_InitializeEx"),
            let run = dlsym(handle, "PyRun_SimpleString")
        else { throw Trouble("cannot open \(library): \(String(cString: dlerror()))") }
        typealias Initialize = @convention(c) (Int32) -> Void
        unsafeBitCast(initialize, to: Initialize.self)(0)
        runSimpleString = unsafeBitCast(run, to: (@convention(c) (UnsafePointer<CChar>) -> Int32).self)
        try self.run("import sys; sys.dont_write_bytecode = True")
        for folder in folders.reversed() { try self.run("sys.path.insert(0, r'\(folder)')") }
    }

    /// Python prints the traceback of what fails.
    func run(_ code: String) throws {
        guard runSimpleString(code) == 0 else { throw Trouble("Python failed") }
    }
}
