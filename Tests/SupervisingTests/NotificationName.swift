import Project

/// Foundation has a type `Notification` as well: this file does not import it.
typealias Rule = Notification
