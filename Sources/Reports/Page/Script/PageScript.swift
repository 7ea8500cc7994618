import Text

/// The script of all pages: it sorts tables, picks frameworks and scenarios, and works a standing out for other weights.
///
/// It only rearranges and hides what is there, and makes the controls itself, so that a page without scripts lacks nothing and
/// nothing on it looks as if it could be clicked. What a reader chose is kept in the address.
enum PageScript {
  static let source: Markup =
    "\n\(LinkScript.source)\(WeightScript.source)\(SortScript.source)\(PickScript.source)readLink();\n"

  /// Nothing is loaded from anywhere, and no other script runs, whatever a page holds.
  ///
  /// Source: Content Security Policy Level 3, section 6.7.3.3: the hash is of what stands in the script element.
  static let policy: Markup = """
    default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(Base64.encode(SHA256.digest(source.text.utf8)))'; \
    base-uri 'none'; form-action 'none'
    """
}
