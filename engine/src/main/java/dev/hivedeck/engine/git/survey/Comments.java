package dev.hivedeck.engine.git.survey;

/** Comments are no part of what a file says to a machine. */
final class Comments {
  private Comments() {}

  /**
   * In one pass, whatever the text is like.
   *
   * @param line what a comment to the end of its line begins with
   */
  static String without(String text, String line) {
    var left = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = at;
      if (text.startsWith(line, at)) {
        end = text.indexOf('\n', at);
      } else if (text.startsWith("/*", at)) {
        end = text.indexOf("*/", at + 2);
        end = end < 0 ? end : end + 2;
      }
      if (end < 0) {
        break;
      }
      if (end > at) {
        left.append(' ');
        at = end;
      } else {
        left.append(text.charAt(at++));
      }
    }
    return left.toString();
  }
}
