package dev.hivedeck.engine.gateway.framing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.gateway.framing.LlhttpCases.Case;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is a message of HTTP/1.1, and what is none. */
class FramingTest {
  /** llhttp stops there by itself; here the server ends the connection, as the message says. */
  private static final String AFTER_CLOSE = "after `Connection: close`";

  private record Read(Framing framing, String passed) {
    boolean refused() {
      return framing.malformed() != null || framing.isInHead();
    }
  }

  private static Read read(Framing framing, String bytes, int atOnce) {
    var passed = new StringBuilder();
    byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
    var out = ByteBuffer.allocate(64);
    for (int at = 0; at < all.length; at += atOnce) {
      framing.feed(ByteBuffer.wrap(all, at, Math.min(atOnce, all.length - at)));
      while (framing.hasRight()) {
        out.clear();
        framing.drain(out);
        passed.append(new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1));
      }
    }
    return new Read(framing, passed.toString());
  }

  private static Read request(String bytes, int atOnce) {
    return read(Framing.ofRequests(), bytes, atOnce);
  }

  private static Read response(String bytes, int atOnce) {
    var framing = Framing.ofResponses();
    for (int i = 0; i < 10; i++) {
      framing.await(false);
    }
    return read(framing, bytes, atOnce);
  }

  @Test
  void whatLlhttpRefusesInARequestIsRefused() {
    var passed = new TreeSet<String>();
    var refused = new TreeSet<String>();
    int cases = 0;
    for (Case c : LlhttpCases.requests()) {
      String bytes = LlhttpCases.withHost(c.bytes());
      var read = request(bytes, bytes.length());
      assertByteByByte(c, request(bytes, 1), read);
      cases++;
      if (!c.lenient() && !c.error().isEmpty() && !c.error().contains(AFTER_CLOSE)) {
        if (!read.refused() && !read.framing().isInBody()) {
          passed.add(c.name() + " [" + c.error() + "]");
        }
      } else if (!c.lenient() && c.error().isEmpty() && read.refused()) {
        refused.add(c.name() + " " + read.framing().malformed());
      }
    }
    assertThat(passed).isEmpty();
    assertThat(refused).as("stricter than llhttp, as RFC 9112 allows").hasSizeLessThan(23);
    assertThat(cases).isGreaterThan(160);
  }

  @Test
  void whatLlhttpRefusesInAnAnswerIsRefused() {
    var passed = new TreeSet<String>();
    var refused = new TreeSet<String>();
    int cases = 0;
    for (Case c : LlhttpCases.responses()) {
      var read = response(c.bytes(), c.bytes().length());
      assertByteByByte(c, response(c.bytes(), 1), read);
      cases++;
      if (!c.lenient() && !c.error().isEmpty() && !c.error().contains(AFTER_CLOSE)) {
        if (!read.refused() && !read.framing().isInBody()) {
          passed.add(c.name() + " [" + c.error() + "]");
        }
      } else if (!c.lenient() && c.error().isEmpty() && read.refused()) {
        refused.add(c.name() + " " + read.framing().malformed());
      }
    }
    assertThat(passed).isEmpty();
    assertThat(refused).as("stricter than llhttp, as RFC 9112 allows").hasSizeLessThan(16);
    assertThat(cases).isGreaterThan(80);
  }

  /** What comes in parts goes out in parts; of what comes at once and is none, nothing. */
  private static void assertByteByByte(Case c, Read inParts, Read atOnce) {
    var why = atOnce.framing().malformed();
    assertThat(inParts.framing().malformed()).as("%s byte by byte", c).isEqualTo(why);
    assertThat(inParts.passed()).as("%s byte by byte", c).startsWith(atOnce.passed());
    if (why != Malformed.CHUNK) {
      assertThat(inParts.passed()).as("%s byte by byte", c).isEqualTo(atOnce.passed());
    }
  }

  /** A head alone does not go out before its body, if that is there and wrong. */
  @Test
  void ofAMessageWithABodyThatIsWrongNothingGoesOut() {
    String get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    String all = get + head + "1\r\na\r\n-1\r\n";
    assertThat(request(all, all.length()).passed()).isEqualTo(get);
    assertThat(request(all, all.length()).framing().isWithin()).isFalse();
    var inParts = request(all, 5);
    assertThat(inParts.passed()).startsWith(get + head).doesNotContain("-1");
    assertThat(inParts.framing().isWithin()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1|Host: a||, ",
    "GET / HTTP/1.0||, ",
    "GET / HTTP/1.1||, HOST",
    "GET / HTTP/1.1|Host: a|Host: b||, HOST",
    "GET / HTTP/1.1|Host: a b||, HOST",
    "GET / HTTP/1.1|Host: a|X : b||, HEADER_NAME",
    "GET / HTTP/1.1|Host: a|X: b| c||, FOLDED",
    "GET / HTTP/1.1|Host: a|X: b~c||, LINE_END",
    "GET / HTTP/1.1~Host: a||, LINE_END",
    "GET  / HTTP/1.1|Host: a||, FIRST_LINE",
    "get / HTTP/1.1|Host: a||, METHOD",
    "GET /a#b HTTP/1.1|Host: a||, TARGET",
    "GET a HTTP/1.1|Host: a||, TARGET",
    "GET / HTTP/2.0|Host: a||, VERSION",
    "POST / HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 1||, LENGTH",
    "POST / HTTP/1.1|Host: a|Content-Length: +1||, LENGTH",
    "POST / HTTP/1.1|Host: a|Content-Length: 1, LENGTH",
    "POST / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: chunked||, LENGTH_AND_ENCODING",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip||, ENCODING",
    "POST / HTTP/1.0|Transfer-Encoding: chunked||, ENCODING",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||1|ab|, CHUNK",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||x|, CHUNK",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||1~a|, CHUNK",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||0|a b: c||, CHUNK",
    "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||1;a=b|x|0|c: d||, "
  })
  void whyItIsNoRequestIsTold(String bytes, Malformed why) {
    if (bytes.endsWith("Content-Length: 1")) {
      bytes += " 2||";
    }
    var read = request(bytes.replace("|", "\r\n").replace('~', '\n'), 7);
    assertThat(read.framing().malformed()).isEqualTo(why);
  }

  @Test
  void messagesThatComeTogetherAreToldApart() {
    String get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    String chunked =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n";
    String right = get + post + chunked + get;
    for (int atOnce = 1; atOnce < 40; atOnce++) {
      var read = request(right + "GET / HTTP/1.1\n\n" + get, atOnce);
      assertThat(read.passed()).isEqualTo(right);
      assertThat(read.framing().malformed()).isEqualTo(Malformed.LINE_END);
    }
  }

  @Test
  void anAnswerToAHeadHasNoBodyAndWhatNobodyAskedIsNone() {
    var framing = Framing.ofResponses();
    framing.await(true);
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assertThat(read(framing, answer, 9).passed()).isEqualTo(answer);
    assertThat(framing.malformed()).isNull();
    assertThat(read(framing, "HTTP/1.1 200 OK\r\n\r\n", 50).passed()).isEmpty();
    assertThat(framing.malformed()).isEqualTo(Malformed.UNASKED);
  }

  @Test
  void aHeadThatNeverEndsIsRefusedAtItsLimit() {
    String line = "X: " + "a".repeat(1_000) + "\r\n";
    var read = request("GET / HTTP/1.1\r\nHost: a\r\n" + line.repeat(40) + "\r\n", 1_000);
    assertThat(read.framing().malformed()).isEqualTo(Malformed.HEAD_SIZE);
    assertThat(read.passed()).isEmpty();
    String endless = "GET / HTTP/1.1\r\nHost: a\r\n" + line.repeat(40);
    assertThat(request(endless, 1).framing().malformed()).as("its end may come").isNull();
    assertThat(request(endless + "\r\n", 1).framing().malformed()).isEqualTo(Malformed.HEAD_SIZE);
    assertThat(request("GET /" + "a".repeat(1_100_000), 10_000).framing().malformed())
        .isEqualTo(Malformed.HEAD_SIZE);
    var slow = request("GET /" + "a".repeat(40_000), 1_000).framing();
    slow.fail(Malformed.SLOW);
    assertThat(slow.malformed()).as("it says what is wrong").isEqualTo(Malformed.HEAD_SIZE);
  }

  /** Whatever comes: what passes is a beginning of it, and it never fails by itself. */
  @Test
  void bytesAtRandomNeverBreakIt() {
    long seed = 2026;
    var random = new Random(seed);
    var cases = LlhttpCases.requests();
    for (int i = 0; i < 3_000; i++) {
      var bytes =
          new StringBuilder(
              LlhttpCases.withHost(cases.get(random.nextInt(cases.size())).bytes())
                  .replaceFirst("^(\r\n)+", ""));
      for (int change = random.nextInt(3); change >= 0 && !bytes.isEmpty(); change--) {
        bytes.setCharAt(random.nextInt(bytes.length()), (char) random.nextInt(256));
      }
      var read = request(bytes.toString(), 1 + random.nextInt(50));
      assertThat(bytes.toString()).as("seed %s, case %s", seed, i).startsWith(read.passed());
    }
  }
}
