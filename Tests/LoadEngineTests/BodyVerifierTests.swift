import Testing
import WireFormats

@testable import LoadEngine

@Suite struct BodyVerifierTests {
  @Test(
    "A body is accepted or refused alike, whole and one byte at a time",
    arguments: [
      (BodyExpectation.exactly(Array("hello".utf8)), "hello", true),
      (.exactly(Array("hello".utf8)), "hell", false),
      (.exactly(Array("hello".utf8)), "hello!", false),
      (.exactly([]), "", true),
      (.exactly([]), "x", false),
      (.anything, "whatever", true),
      (.json(Array(#"{"a": 1, "b c": "d \" e"}"#.utf8)), #"{"a":1,"b c":"d \" e"}"#, true),
      (.json(Array(#"{"a":1}"#.utf8)), "{ \"a\" :\n 1 } \n", true),
      (.json(Array(#"{"a":"b c"}"#.utf8)), #"{"a":"bc"}"#, false),
      (.json(Array(#"{"a":"b c"}"#.utf8)), #"{"a":"b  c"}"#, false),
      (.json(Array(#"["\\ ", 1]"#.utf8)), #"["\\ ",1]"#, true),
      (.json(Array(#"["\\ ", 1]"#.utf8)), #"["\\",1]"#, false),
      (.json(Array(#"["\" ", 1]"#.utf8)), #"[ "\" ",1]"#, true),
      (.json(Array(#"["\" ", 1]"#.utf8)), #"["\"",1]"#, false),
      (.json(Array("[12,34]".utf8)), "[12, 3 4]", false),
      (.json(Array("[12,34]".utf8)), "[1\n2,34]", false),
      (.json(Array("true".utf8)), "tr ue", false),
      (.json(Array("12".utf8)), " 12 ", true),
      (.json(Array("1 2".utf8)), "12", false),
      (.json(Array(#"{"a":1}"#.utf8)), #"{"a":1"#, false),
      (.json(Array(#"{"a":1}"#.utf8)), #"{"a":1}}"#, false),
      (.pattern([.literal(Array("id=".utf8)), .digits, .literal(Array(";".utf8))]), "id=1042;", true),
      (.pattern([.literal(Array("id=".utf8)), .digits, .literal(Array(";".utf8))]), "id=;", false),
      (.pattern([.literal(Array("id=".utf8)), .digits]), "id=7", true),
      (.pattern([.literal(Array("id=".utf8)), .digits]), "id=", false),
      (.pattern([.digits]), "12345678901234567890", false),
    ])
  func verdict(expectation: BodyExpectation, body: String, isRight: Bool) {
    let bytes = Array(body.utf8)
    #expect(verify([bytes], expectation) == isRight)
    #expect(verify(bytes.map { [$0] }, expectation) == isRight)
  }

  @Test(
    "Where two bodies are right, each is accepted and nothing between them, whole and one byte at a time",
    arguments: [
      ("the old row", true), ("the new and longer row", true), ("the old row longer", false), ("the new", false),
      ("the old and longer row", false), ("", false),
    ])
  func eitherOfTwo(body: String, isRight: Bool) {
    var expectation = LoadEngine.Expectation(body: .exactly(Array("the old row".utf8)))
    expectation.otherBody = .exactly(Array("the new and longer row".utf8))
    let bytes = Array(body.utf8)
    #expect(verify([bytes], expectation) == isRight)
    #expect(verify(bytes.map { [$0] }, expectation) == isRight)
  }

  @Test("White space goes from between the tokens of a JSON text, and a blank stays where it parts two of them")
  func withoutSpace() {
    let texts = [#" { "a b" : [ 1 , true ] } "#, "1 2", "1\n 2", #""a" "b""#, "[ ] ", #""\\ " 1"#]
    let kept = texts.map { String(decoding: withoutJSONSpace(Array($0.utf8)), as: UTF8.self) }
    #expect(kept == [#"{"a b":[1,true]}"#, "1 2", "1 2", #""a""b""#, "[]", #""\\ "1"#])
  }

  @Test("The place of the first difference is told")
  func mismatch() {
    withVerifier(.exactly(Array("hello world".utf8))) { verifier in
      consume([Array("hello ".utf8), Array("wurld".utf8)], &verifier)
      #expect(verifier.mismatch == 7)
    }
    var either = LoadEngine.Expectation(body: .exactly(Array("hello world".utf8)))
    either.otherBody = .exactly(Array("hi world".utf8))
    withVerifier(either) { verifier in
      consume([Array("hello wurld".utf8)], &verifier)
      #expect(verifier.mismatch == 7)
    }
  }
}

private func withVerifier<Value>(_ body: BodyExpectation, _ use: (inout BodyVerifier) -> Value) -> Value {
  withVerifier(LoadEngine.Expectation(body: body), use)
}

private func withVerifier<Value>(_ expectation: LoadEngine.Expectation, _ use: (inout BodyVerifier) -> Value) -> Value {
  let exchange = HTTPExchange(HTTPRequest("GET", "/"), expecting: expectation)
  let load = CompiledLoad(.http([exchange]), endpoint: Endpoint(host: "localhost", port: 1))
  return withExtendedLifetime(load) {
    var verifier = BodyVerifier()
    verifier.begin(load.exchanges[0].body, or: load.exchanges[0].otherBody)
    return use(&verifier)
  }
}

private func consume(_ pieces: [[UInt8]], _ verifier: inout BodyVerifier) {
  for piece in pieces { piece.withUnsafeBytes { verifier.consume($0) } }
}

private func verify(_ pieces: [[UInt8]], _ body: BodyExpectation) -> Bool {
  verify(pieces, LoadEngine.Expectation(body: body))
}

private func verify(_ pieces: [[UInt8]], _ expectation: LoadEngine.Expectation) -> Bool {
  withVerifier(expectation) { verifier in
    consume(pieces, &verifier)
    return verifier.isSatisfied()
  }
}
