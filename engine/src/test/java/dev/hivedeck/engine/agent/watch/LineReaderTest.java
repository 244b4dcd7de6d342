package dev.hivedeck.engine.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Output becomes lines fit to be read. */
class LineReaderTest {
  private final AtomicLong heard = new AtomicLong();

  private List<String> lines(InputStream in) throws IOException {
    var reader = new LineReader(in, heard, LineReader.LONGEST);
    var lines = new ArrayList<String>();
    for (String line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
    }
    return lines;
  }

  private List<String> lines(String text) throws IOException {
    return lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void endsAndEmptyLines() throws IOException {
    assertThat(lines("a\nb\r\n\nc")).containsExactly("a", "b", "", "c");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
  }

  @Test
  void aProgressBarIsItsLastState() throws IOException {
    assertThat(lines("1%\r2%\r3%\r\nnext\r")).containsExactly("3%", "next");
  }

  @Test
  void terminalCodesAreTakenOut() throws IOException {
    assertThat(
            lines(
                "\u001B[31mred\u001B[0m \u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\ \u0000\u0007x\ty"))
        .containsExactly("red link x\ty");
  }

  @Test
  void aLongLineIsCutAndSaysSo() throws IOException {
    var lines = lines("a".repeat(LineReader.LONGEST + 5) + "\nnext");
    assertThat(lines.getFirst())
        .endsWith("a… (5 more bytes)")
        .hasSizeLessThan(LineReader.LONGEST + 30);
    assertThat(lines.getLast()).isEqualTo("next");
  }

  @Test
  void brokenTextIsNoFault() throws IOException {
    assertThat(lines(new ByteArrayInputStream(new byte[] {'a', (byte) 0xC3, '\n', 'b'})))
        .containsExactly("a\uFFFD", "b");
  }

  @Test
  void howItArrivesDoesNotMatter() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append(List.of("ä", "€", "😀", "x", "\n", "\r\n", " ").get(random.nextInt(7)));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    var drops =
        new InputStream() {
          private int at;

          @Override
          public int read() {
            return at == bytes.length ? -1 : bytes[at++] & 0xFF;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            if (at == bytes.length) {
              return -1;
            }
            int n = Math.min(Math.min(length, bytes.length - at), random.nextInt(1, 7));
            System.arraycopy(bytes, at, into, from, n);
            at += n;
            return n;
          }
        };
    assertThat(lines(drops)).as("seed %d", seed).isEqualTo(text.toString().lines().toList());
    assertThat(heard.get()).isEqualTo(bytes.length);
  }
}
