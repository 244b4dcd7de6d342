package dev.hivedeck.engine.gateway.framing;

/** Why bytes are no message of HTTP/1.1. */
public enum Malformed {
  FIRST_LINE("The first line is no request line."),
  METHOD("The method is unknown."),
  TARGET("The target of the request is no path and no address."),
  VERSION("The version is not HTTP/1.0 or HTTP/1.1."),
  STATUS("The status line is not of HTTP/1.1."),
  LINE_END("A line does not end with CR and LF."),
  HEADER_NAME("The name of a header has characters that it cannot have."),
  HEADER_VALUE("The value of a header has characters that it cannot have."),
  FOLDED("A header goes on in the next line."),
  HEAD_SIZE("The headers have more than 32,768 bytes or 200 lines."),
  HOST("There is not exactly one Host header."),
  LENGTH("Content-Length is no number, or is there more than once."),
  LENGTH_EXCEEDED("The body is longer than Content-Length says."),
  LENGTH_AND_ENCODING("There is Content-Length beside Transfer-Encoding."),
  ENCODING("Transfer-Encoding is not just chunked."),
  CHUNK("The body is not in chunks as it should be."),
  UNASKED("There is an answer to what nobody asked."),
  CUT("It ended before it was whole."),
  SLOW("It took too long to come.");

  private final String message;

  Malformed(String message) {
    this.message = message;
  }

  /** In a sentence. */
  public String message() {
    return message;
  }
}
