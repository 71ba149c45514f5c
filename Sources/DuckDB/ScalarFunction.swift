import CDuckDB

/// A function of one row, written in Swift, for SQL to call.
package struct ScalarFunction: Sendable {
    /// Computes the results for the rows of a chunk of arguments.
    ///
    /// DuckDB calls it on several threads at once, with up to 2,048 rows a call. What it throws becomes the query's
    /// error, of code `.invalidInput`.
    package typealias Body = @Sendable (_ arguments: borrowing Chunk, _ results: inout ResultVector) throws -> Void

    package var name: String
    /// The types of the leading parameters as SQL writes them; `ANY` takes every type as it is.
    package var parameters: [String]
    /// Whether any number of arguments of any types may follow.
    package var isVariadic: Bool
    /// The type of the results: a boolean, a number of up to 64 bits, `VARCHAR` or `BLOB`.
    package var returns: String
    /// Whether the function is called again for equal arguments. Set it when the call does something.
    package var isVolatile: Bool
    /// Whether `body` decides about rows with a NULL among the arguments; otherwise their result is NULL, whatever
    /// `body` does with them.
    package var handlesNulls: Bool
    package var body: Body

    package init(
        name: String,
        parameters: [String],
        isVariadic: Bool = false,
        returns: String,
        isVolatile: Bool = false,
        handlesNulls: Bool = false,
        body: @escaping Body
    ) {
        self.name = name
        self.parameters = parameters
        self.isVariadic = isVariadic
        self.returns = returns
        self.isVolatile = isVolatile
        self.handlesNulls = handlesNulls
        self.body = body
    }
}

extension Connection {
    /// Makes the function known to all connections of the database: until `withdraw`, until another one of the same
    /// name and parameters is registered, or until the database is closed. Its body, with all that it captures, lives
    /// as long. Rolled back with an open transaction.
    ///
    /// - Throws: `DuckDBError`: a type is unknown, or cannot be returned, or the name belongs to a macro.
    package func register(_ function: ScalarFunction) throws {
        try handle.run { connection in
            var made: duckdb_scalar_function? = duckdb_create_scalar_function()
            defer { duckdb_destroy_scalar_function(&made) }
            duckdb_scalar_function_set_name(made, function.name)
            for parameter in function.parameters {
                var type = try logicalType(parameter, on: connection)
                defer { duckdb_destroy_logical_type(&type) }
                duckdb_scalar_function_add_parameter(made, type)
            }
            if function.isVariadic {
                var any = duckdb_create_logical_type(DUCKDB_TYPE_ANY)
                defer { duckdb_destroy_logical_type(&any) }
                duckdb_scalar_function_set_varargs(made, any)
            }
            var returned = try logicalType(function.returns, on: connection)
            defer { duckdb_destroy_logical_type(&returned) }
            guard let returned, ResultVector.canStore(duckdb_get_type_id(returned)) else {
                throw DuckDBError.invalidInput(
                    "The function \(function.name) cannot return \(function.returns): Swift functions return "
                        + "BOOLEAN, integers of up to 64 bits, FLOAT, DOUBLE, VARCHAR or BLOB."
                )
            }
            duckdb_scalar_function_set_return_type(made, returned)
            if function.isVolatile { duckdb_scalar_function_set_volatile(made) }
            if function.handlesNulls { duckdb_scalar_function_set_special_handling(made) }
            let box = Unmanaged.passRetained(FunctionBox(function, duckdb_get_type_id(returned)))
            duckdb_scalar_function_set_extra_info(made, box.toOpaque()) { info in
                if let info { Unmanaged<FunctionBox>.fromOpaque(info).release() }
            }
            duckdb_scalar_function_set_function(made) { info, arguments, results in
                FunctionBox.call(info, arguments, results)
            }
            guard duckdb_register_scalar_function(connection, made) == DUCKDB_SUCCESS else {
                throw DuckDBError(
                    code: .catalog,
                    message: "The function \(function.name) cannot be registered.",
                    name: function.name
                )
            }
        }
    }

    /// Lets go of a registered function's body. DuckDB cannot forget a function: calling it is an error from now on.
    package func withdraw(_ function: ScalarFunction) throws {
        var withdrawn = function
        let name = function.name
        withdrawn.body = { _, _ in throw DuckDBError.invalidInput("The function \(name) was withdrawn.") }
        try register(withdrawn)
    }

    /// The type that SQL writes so; the caller destroys it.
    private func logicalType(_ name: String, on connection: duckdb_connection) throws -> duckdb_logical_type? {
        if name.uppercased() == "ANY" { return duckdb_create_logical_type(DUCKDB_TYPE_ANY) }
        let statements = try Statements("SELECT CAST(NULL AS \(name))", on: connection)
        return try statements.prepare(0, on: connection).logicalType(ofColumn: 0)
    }
}

/// What DuckDB keeps with a function: the Swift function itself.
private final class FunctionBox: Sendable {
    private let function: ScalarFunction
    private let resultType: duckdb_type

    init(_ function: ScalarFunction, _ resultType: duckdb_type) {
        self.function = function
        self.resultType = resultType
    }

    static func call(_ info: duckdb_function_info?, _ arguments: duckdb_data_chunk?, _ results: duckdb_vector?) {
        guard let pointer = duckdb_scalar_function_get_extra_info(info), let arguments, let results else { return }
        let box = Unmanaged<FunctionBox>.fromOpaque(pointer).takeUnretainedValue()
        do {
            try box.call(arguments, results)
        } catch let error as DuckDBError {
            duckdb_scalar_function_set_error(info, error.message)
        } catch {
            duckdb_scalar_function_set_error(info, "\(error)")
        }
    }

    private func call(_ arguments: duckdb_data_chunk, _ vector: duckdb_vector) throws {
        let columns = Int(duckdb_data_chunk_get_column_count(arguments))
        let chunk = Chunk(arguments, types: ColumnTypes(count: columns), isOwned: false)
        var results = ResultVector(vector, type: resultType, count: chunk.rowCount)
        try function.body(chunk, &results)
        // DuckDB leaves this to the function, whatever it was told about NULLs.
        guard !function.handlesNulls else { return }
        for row in 0..<chunk.rowCount where chunk.hasNull(row: row) { results.setNull(row) }
    }
}
