package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests by HTTP/2, frame by frame, that are to become others as HTTP/1.1. */
class HostileHttpTwoTest extends GatewayBench {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final String PLAIN =
      ":method: POST|:scheme: http|:path: /api/v1/shop/order|:authority: a";

  /** All bytes of a connection to the service, once it is over or answered. */
  private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

  @BeforeEach
  void serve() throws Exception {
    int shop = socket(this::hear);
    follow("retries: 0, versions: { v1: %s }".formatted(at(shop)));
  }

  private void hear(Socket socket) throws IOException {
    var bytes = new StringBuilder();
    try {
      byte[] buffer = new byte[16_384];
      for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
        bytes.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        String text = bytes.toString();
        String plain = text.toLowerCase(Locale.ROOT);
        boolean whole =
            plain.contains("transfer-encoding: chunked")
                ? text.contains("\r\n0\r\n") && text.endsWith("\r\n\r\n")
                : text.endsWith(plain.contains("content-length: 3") ? "\r\n\r\nabc" : "\r\n\r\n");
        if (whole) {
          got.add(text);
          bytes.setLength(0);
          socket
              .getOutputStream()
              .write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                      .getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    } catch (SocketException e) {
      // broken off
    }
    if (!bytes.isEmpty()) {
      got.add(bytes + "<broken off>");
    }
  }

  /** As HPACK has it, literally. */
  private static byte[] block(String headers) {
    var block = new ByteArrayOutputStream();
    for (String line : headers.split("\\|")) {
      int colon = line.indexOf(": ", 1);
      block.write(0);
      literal(block, line.substring(0, colon));
      literal(block, line.substring(colon + 2));
    }
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream to, String text) {
    String real = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    assertThat(real.length()).isLessThan(127);
    to.write(real.length());
    to.writeBytes(real.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    var frame = new ByteArrayOutputStream();
    int length = payload.length;
    frame.writeBytes(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length});
    frame.writeBytes(new byte[] {(byte) type, (byte) flags, 0, 0, 0, (byte) stream});
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** A frame that came. */
  private record Frame(int type, int flags, byte[] payload) {}

  /** What comes for stream 1 and the connection, until that stream ends, or all does. */
  private List<Frame> send(byte[]... frames) throws IOException {
    var answers = new ArrayList<Frame>();
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      var out = new ByteArrayOutputStream();
      out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(frame(4, 0, 0, new byte[0]));
      for (byte[] one : frames) {
        out.writeBytes(one);
      }
      socket.getOutputStream().write(out.toByteArray());
      var in = new DataInputStream(socket.getInputStream());
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        answers.add(new Frame(type, flags, payload));
        boolean goAway = type == 7;
        boolean over = type == 3 || type <= HEADERS && (flags & END_STREAM) != 0;
        if (goAway || stream == 1 && over) {
          return answers;
        }
      }
    } catch (EOFException | SocketException e) {
      return answers;
    }
  }

  /** The status of an answer, by its place in the table of HPACK; 0 without an answer. */
  private static int status(List<Frame> answers) {
    for (var frame : answers) {
      if (frame.type() == HEADERS) {
        return switch (frame.payload()[0] & 0xff) {
          case 0x88 -> 200;
          case 0x8c -> 400;
          case 0x8e -> 500;
          default -> -1;
        };
      }
    }
    return 0;
  }

  private List<String> gotInAll() throws Exception {
    assertThat(get("/api/v1/shop/LAST").statusCode()).isEqualTo(200);
    var all = new ArrayList<String>();
    while (true) {
      String one = got.poll(15, TimeUnit.SECONDS);
      assertThat(one).as("after %s", all).isNotNull();
      if (one.startsWith("GET /LAST ")) {
        return all;
      }
      all.add(one);
    }
  }

  @Test
  void aPlainRequestArrivesAsOne() throws Exception {
    var answers =
        send(
            frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|content-length: 3|te: trailers|x-a: b")),
            frame(DATA, END_STREAM, 1, "abc".getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(status(answers)).isEqualTo(200);
    assertThat(gotInAll())
        .singleElement()
        .satisfies(
            one ->
                assertThat(one)
                    .startsWith("POST /order HTTP/1.1\r\n")
                    .contains("x-a: b\r\n", "Host: a\r\n")
                    .containsIgnoringCase("content-length: 3\r\n")
                    .doesNotContainIgnoringCase("te: trailers")
                    .endsWith("\r\n\r\nabc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-a: b\\r\\nX-Smuggled: 1",
        "x-a: b\\nX-Smuggled: 1",
        "x-a: b\\rX-Smuggled: 1",
        "x-a: b\\0",
        "x-a\\r\\nX-Smuggled: 1",
        "x-smuggled:1: b",
        "x smuggled: b",
        "X-Smuggled: b",
        "transfer-encoding: chunked",
        "transfer-encoding: identity",
        "connection: x-smuggled",
        "content-length: 3|content-length: 4",
        "content-length: 3, 4",
        "content-length: +3",
        "te: x-smuggled",
      })
  void ofAHeaderThatWouldBeOtherLinesNothingReachesAService(String header) throws Exception {
    var answers =
        send(
            frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|" + header)),
            frame(DATA, END_STREAM, 1, "abc".getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(status(answers)).isIn(0, 400);
    assertThat(gotInAll()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":method: GET|:scheme: http|:path: /api/v1/shop/a HTTP/1.1\\r\\nX: b|:authority: a",
        ":method: GET|:scheme: http|:path: /api/v1/shop/a b|:authority: a",
        ":method: GET|:scheme: http|:path: /api/v1/shop/../b|:authority: a",
        ":method: GET|:scheme: http|:path: api/v1/shop/a|:authority: a",
        ":method: GET /x HTTP/1.1|:scheme: http|:path: /api/v1/shop/a|:authority: a",
        ":method: NONE|:scheme: http|:path: /api/v1/shop/a|:authority: a",
        ":method: GET|:scheme: http|:path: /api/v1/shop/a|:authority: a b",
        ":method: GET|:scheme: http|:path: /api/v1/shop/a|:authority: a\\r\\nX: b",
        ":method: GET|:scheme: http|:path: /api/v1/shop/a|:path: /api/v1/shop/b|:authority: a",
      })
  void ofAFirstLineThatWouldBeAnotherNothingReachesAService(String headers) throws Exception {
    assertThat(status(send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block(headers)))))
        .isIn(0, 400);
    assertThat(gotInAll()).isEmpty();
  }

  /** What is shorter or longer than it says reaches no service as a whole one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ab",
        "abcd",
        "abc|d",
        "ab|cd",
        "a|b|c|d|e",
        "abcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "abc|GET / HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void aBodyThatIsNotAsLongAsItSaysIsBrokenOff(String body) throws Exception {
    var frames = new ArrayList<byte[]>();
    frames.add(frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|content-length: 3")));
    String[] parts = body.split("\\|");
    for (int i = 0; i < parts.length; i++) {
      int flags = i == parts.length - 1 ? END_STREAM : 0;
      frames.add(frame(DATA, flags, 1, parts[i].getBytes(StandardCharsets.ISO_8859_1)));
    }
    var answers = send(frames.toArray(byte[][]::new));
    assertThat(status(answers)).isNotEqualTo(200);
    assertThat(gotInAll())
        .allSatisfy(
            one ->
                assertThat(one)
                    .startsWith("POST /order ")
                    .doesNotContain("GET /")
                    .endsWith("<broken off>"));
  }

  /** Of what says that it has no body, and has one, nothing reaches a service. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "|a", "|", "abc|GET / HTTP/1.1\r\nHost: a\r\n\r\n"})
  void aBodyThatIsSaidToBeNoneIsNone(String body) throws Exception {
    var frames = new ArrayList<byte[]>();
    frames.add(frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|content-length: 0")));
    String[] parts = body.split("\\|", -1);
    for (int i = 0; i < parts.length; i++) {
      int flags = i == parts.length - 1 ? END_STREAM : 0;
      frames.add(frame(DATA, flags, 1, parts[i].getBytes(StandardCharsets.ISO_8859_1)));
    }
    boolean isNone = String.join("", parts).isEmpty();
    assertThat(status(send(frames.toArray(byte[][]::new))))
        .isIn(isNone ? List.of(200) : List.of(0, 400));
    assertThat(gotInAll()).hasSize(isNone ? 1 : 0);
  }

  @Test
  void aBodyThatIsSaidToBeNoneIsWaitedFor() throws Exception {
    try (var socket = new Socket("127.0.0.1", port)) {
      var out = new ByteArrayOutputStream();
      out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(frame(4, 0, 0, new byte[0]));
      out.writeBytes(frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|content-length: 0")));
      socket.getOutputStream().write(out.toByteArray());
      assertThat(gotInAll()).isEmpty();
      socket.getOutputStream().write(frame(DATA, END_STREAM, 1, new byte[0]));
      assertThat(got.poll(15, TimeUnit.SECONDS)).startsWith("POST /order ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "abc|", "ab|c", "a|b|c|"})
  void aBodyThatIsAsLongAsItSaysArrivesHoweverItComes(String body) throws Exception {
    var frames = new ArrayList<byte[]>();
    frames.add(frame(HEADERS, END_HEADERS, 1, block(PLAIN + "|content-length: 3")));
    String[] parts = body.split("\\|", -1);
    for (int i = 0; i < parts.length; i++) {
      int flags = i == parts.length - 1 ? END_STREAM : 0;
      frames.add(frame(DATA, flags, 1, parts[i].getBytes(StandardCharsets.ISO_8859_1)));
    }
    assertThat(status(send(frames.toArray(byte[][]::new)))).isEqualTo(200);
    assertThat(gotInAll()).singleElement().asString().endsWith("\r\n\r\nabc");
  }

  @Test
  void aPlainTrailerArrives() throws Exception {
    var answers =
        send(
            frame(HEADERS, END_HEADERS, 1, block(PLAIN)),
            frame(DATA, 0, 1, "abc".getBytes(StandardCharsets.ISO_8859_1)),
            frame(HEADERS, END_HEADERS | END_STREAM, 1, block("x-trailer: a")));
    assertThat(status(answers)).isEqualTo(200);
    assertThat(gotInAll()).singleElement().asString().endsWith("0\r\nx-trailer: a\r\n\r\n");
  }

  /** Trailers become lines too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-trailer: a\\r\\n\\r\\nGET /SMUGGLED HTTP/1.1",
        "x-trailer: a\\nX: b",
        "x-trailer\\r\\nX: b",
        "x-trailer:a: b",
      })
  void aTrailerThatWouldBeOtherLinesReachesNoService(String trailer) throws Exception {
    send(
        frame(HEADERS, END_HEADERS, 1, block(PLAIN)),
        frame(DATA, 0, 1, "abc".getBytes(StandardCharsets.ISO_8859_1)),
        frame(HEADERS, END_HEADERS | END_STREAM, 1, block(trailer)));
    assertThat(gotInAll())
        .allSatisfy(
            one ->
                assertThat(one)
                    .startsWith("POST /order ")
                    .doesNotContain("SMUGGLED", "\nX: b", "x-trailer:a"));
  }
}
