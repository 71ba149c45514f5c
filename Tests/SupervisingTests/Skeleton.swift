// Tests of the supervisor.
