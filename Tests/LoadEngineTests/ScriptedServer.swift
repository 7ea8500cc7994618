import TestSupport

/// Tests of other modules play servers, too.
typealias ScriptedServer = TestSupport.ScriptedServer
