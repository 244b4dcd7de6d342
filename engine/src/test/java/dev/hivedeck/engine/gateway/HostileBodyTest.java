package dev.hivedeck.engine.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are none, or end too soon: what of them a service gets, byte by byte. */
class HostileBodyTest extends GatewayBench {
  private static final String TO = "/api/v1/shop/order HTTP/1.1\r\nHost: a\r\n";
  private static final String HEAD = "POST " + TO + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String NEXT = "GET /api/v1/shop/SMUGGLED HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String BROKEN = "<broken off>";
  private static final Pattern CHUNK = Pattern.compile("\\G([0-9a-f]{1,7})\r\n");

  /** What the service got: each request that was whole, and the rest that a connection ended in. */
  private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

  private final CountDownLatch begun = new CountDownLatch(1);

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
        if (bytes.indexOf("\r\nBEGUN\r\n") >= 0) {
          begun.countDown();
        }
        if (isWhole(bytes.toString())) {
          got.add(bytes.toString());
          bytes.setLength(0);
          write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
      }
    } catch (SocketException e) {
      // broken off
    }
    if (!bytes.isEmpty()) {
      got.add(bytes + BROKEN);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static boolean isWhole(String text) {
    int body = text.indexOf("\r\n\r\n") + 4;
    if (body < 4) {
      return false;
    }
    return text.substring(0, body).contains("Transfer-Encoding: chunked")
        ? text.startsWith("0\r\n", lastChunk(text, body)) && text.endsWith("\r\n\r\n")
        : text.contains("Content-Length: 0\r\n") || !text.startsWith("POST");
  }

  /** Where the first chunk begins that is not there, or the last one. */
  private static int lastChunk(String text, int from) {
    int at = from;
    for (var chunk = CHUNK.matcher(text); chunk.find(at); ) {
      int size = Integer.parseInt(chunk.group(1), 16);
      if (size == 0 || chunk.end() + size + 2 > text.length()) {
        return at;
      }
      at = chunk.end() + size + 2;
    }
    return at;
  }

  /** All that is answered; what was left unread may make it a reset. */
  private static String rest(Socket socket) throws IOException {
    var all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketException e) {
      // as good as an end
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private String send(String bytes) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      write(socket, bytes);
      return rest(socket);
    }
  }

  /** A plain request after the others: whatever reached the service came before it. */
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1\r\nA\r\n",
        "+1\r\nA\r\n",
        "0x1\r\nA\r\n",
        " 1\r\nA\r\n",
        "FFFFFFFFFFFFFFFFF\r\nA\r\n",
        "1\r\nABB",
        "1\r\nA\n",
        "1;a\nX\r\nA\r\n",
        "40;a\nX\r\nA\r\n",
        "1\nX\r\nA\r\n",
        "10\nBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\r\n",
        "1\r\nA\r\n1\nB\r\n",
        "0\r\nX: a\r\n b\r\n\r\n",
        "1\r\nA\r\n0\r\nX: a\r\n b\r\n\r\n",
        "\r\n",
        "zz\r\n",
      })
  void ofARequestThatIsNoneNothingReachesAService(String chunks) throws Exception {
    String answer = send(HEAD + chunks + "0\r\n\r\n" + NEXT);
    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("Connection: close", "bad-message", "not in chunks")
        .doesNotContain("HTTP/1.1 200");
    assertThat(gotInAll()).isEmpty();
  }

  /** The head has gone by then, and so has a chunk. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "-1\r\n",
        "1\nA\r\n0\r\n\r\n",
        "1\r\nBB0\r\n\r\n",
        "1\r\nB\n0\r\n\r\n",
        "0\r\nX: a\r\n b\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\nA\r\n0\r\n\r\n",
      })
  void whatHasBegunToReachAServiceIsBrokenOff(String later) throws Exception {
    String answer;
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      write(socket, HEAD + "5\r\nBEGUN\r\n");
      assertThat(begun.await(15, TimeUnit.SECONDS)).isTrue();
      write(socket, later + NEXT);
      answer = rest(socket);
    }
    assertThat(answer).doesNotContain("HTTP/1.1 2");
    assertBrokenOff(later.startsWith("1\r\n") ? "BEGUNB" : "BEGUN");
  }

  private void assertBrokenOff(String most) throws Exception {
    String cut = got.poll(15, TimeUnit.SECONDS);
    assertThat(cut).startsWith("POST /order ").endsWith(BROKEN);
    String body = cut.substring(cut.indexOf("\r\n\r\n") + 4, cut.length() - BROKEN.length());
    assertThat(body).doesNotContain("\r\n0\r\n");
    assertThat(most).startsWith(CHUNK.matcher(body).replaceAll("").replaceAll("\r\n.*", ""));
    assertThat(gotInAll()).isEmpty();
  }

  /** An upload that dies half way is none, whoever ends it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatIsNotSentToItsEndIsNeverWhole(boolean halfClosed) throws Exception {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      write(socket, HEAD + "5\r\nBEGUN\r\n");
      assertThat(begun.await(15, TimeUnit.SECONDS)).isTrue();
      if (halfClosed) {
        socket.shutdownOutput();
        assertThat(rest(socket)).doesNotContain("HTTP/1.1 2");
      }
    }
    assertBrokenOff("BEGUN");
    var version = gateway.status().services().getFirst().versions().getFirst();
    assertThat(version.errors()).as("no fault of the service").isZero();
  }

  /** A request before one that is none is answered; what is put in its place is no body. */
  @Test
  void aRequestThatIsWholeIsAnsweredBeforeOneThatIsNone() throws Exception {
    String whole = HEAD + "1\r\nA\r\n0\r\n\r\n";
    String answer = send(whole + whole + HEAD + "-1\r\nB\r\n0\r\n\r\n" + whole);
    assertThat(answer.split("HTTP/1.1 200 OK", -1)).hasSize(3);
    assertThat(answer.substring(answer.lastIndexOf("HTTP/1.1 200"))).contains("HTTP/1.1 400");
    assertThat(gotInAll()).hasSize(2).allSatisfy(one -> assertThat(one).contains("1\r\nA\r\n0\r"));
  }

  /**
   * Whatever is sent, in whatever parts: a service gets a beginning of it, whole only where that is
   * whole, and no byte of anybody else.
   */
  @Test
  void aServiceNeverGetsBytesThatWereNotSent() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String victim = "V".repeat(600);
    for (int i = 0; i < 5; i++) {
      send(
          "POST "
              + TO
              + "Authorization: Bearer VICTIM%d\r\nConnection: close\r\n".formatted(i)
              + "Transfer-Encoding: chunked\r\n\r\n258\r\n"
              + victim
              + "\r\n0\r\n\r\n");
    }
    assertThat(gotInAll()).hasSize(5).allSatisfy(one -> assertThat(one).contains(victim));
    var sent = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      sent.add(chunks(random));
      sendInParts(HEAD.replace("/order", "/order-" + i) + sent.getLast(), random);
    }
    var received = gotInAll();
    for (String late; (late = got.poll(200, TimeUnit.MILLISECONDS)) != null; ) {
      received.add(late);
    }
    assertThat(received).hasSizeGreaterThan(5);
    for (String one : received) {
      assertThat(one).as("seed %s", seed).startsWith("POST /order-").doesNotContain("VICTIM");
      String chunks = sent.get(Integer.parseInt(one.substring(12, one.indexOf(' ', 12))));
      String body = one.substring(one.indexOf("\r\n\r\n") + 4);
      assertThat(data(chunks)).as("seed %s: %s", seed, chunks).startsWith(data(body));
      if (!one.endsWith(BROKEN)) {
        assertThat(data(body)).as("seed %s: %s", seed, chunks).isEqualTo(data(chunks));
        assertThat(chunks).as("seed %s", seed).endsWith("\r\n0\r\n\r\n");
      }
    }
  }

  /** A body, and mostly something wrong in it. */
  private static String chunks(Random random) {
    var chunks = new StringBuilder();
    for (int k = random.nextInt(3); k >= 0; k--) {
      int size = 1 + random.nextInt(700);
      chunks.append(Integer.toHexString(size)).append("\r\n");
      chunks.append("b".repeat(size)).append("\r\n");
    }
    chunks.append("0\r\n\r\n");
    if (random.nextInt(8) > 0) {
      int at = random.nextInt(chunks.length() - 7);
      switch (random.nextInt(4)) {
        case 0 -> chunks.setCharAt(at, (char) random.nextInt(256));
        case 1 -> chunks.deleteCharAt(at);
        case 2 -> chunks.insert(at, "\n");
        default -> chunks.insert(at, ";a\n");
      }
    }
    return chunks.toString();
  }

  /** What is in the chunks that are there. */
  private static String data(String chunks) {
    var data = new StringBuilder();
    int at = 0;
    var chunk = Pattern.compile("\\G([0-9a-fA-F]{1,7})(;[^\r\n]*)?\r\n").matcher(chunks);
    while (chunk.find(at)) {
      int size = Integer.parseInt(chunk.group(1), 16);
      int end = Math.min(chunks.length(), chunk.end() + size);
      data.append(chunks, chunk.end(), end);
      at = Math.min(chunks.length(), end + 2);
      if (size == 0) {
        break;
      }
    }
    return data.toString().replace(BROKEN, "");
  }

  private void sendInParts(String bytes, Random random) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(15_000);
      for (int at = 0; at < bytes.length(); ) {
        int end = Math.min(bytes.length(), at + 1 + random.nextInt(600));
        write(socket, bytes.substring(at, end));
        at = end;
      }
      socket.shutdownOutput();
      rest(socket);
    } catch (SocketException e) {
      // the gateway has ended it
    }
  }
}
