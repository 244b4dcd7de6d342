package dev.hivedeck.engine.agent.request;

import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A command that an agent has run for it; the last of what it prints is kept. */
final class Terminal {
  /** How long what it left running may hold its output after it has ended. */
  private static final Duration LEFT = Duration.ofSeconds(2);

  private final ProcessTree tree;
  private final int longest;
  private final AtomicLong printed;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private byte[] kept = new byte[8_192];
  private int length;
  private boolean cut;

  private Terminal(ProcessTree tree, int longest, AtomicLong printed) {
    this.tree = tree;
    this.longest = longest;
    this.printed = printed;
  }

  /**
   * @param longest how many bytes of its output to keep
   * @param printed counts all of its output
   * @throws dev.hivedeck.engine.protocol.HiveException {@code not-started}
   */
  static Terminal start(
      String command,
      Path folder,
      Map<String, String> environment,
      ResourceQuota quota,
      SandboxPolicy policy,
      int longest,
      AtomicLong printed) {
    var tree = ProcessTree.startPart(command, folder, environment, quota, policy);
    var terminal = new Terminal(tree, longest, printed);
    try {
      tree.process().getOutputStream().close();
    } catch (IOException e) {
      // It has ended already, and needs no input any more.
    }
    Thread out = terminal.read(tree.process().getInputStream());
    Thread err = terminal.read(tree.process().getErrorStream());
    Thread.ofVirtual().name("terminal").start(() -> terminal.await(out, err));
    return terminal;
  }

  /** Completes with its exit code, once all that it printed is there. */
  CompletableFuture<Integer> exit() {
    return exit;
  }

  synchronized ClientRequest.Outcome.Output output() {
    int from = 0;
    while (cut && from < length && (kept[from] & 0xC0) == 0x80) {
      from++; // not in the middle of a character
    }
    return new ClientRequest.Outcome.Output(
        new String(kept, from, length - from, StandardCharsets.UTF_8), cut, exit.getNow(null));
  }

  /** Ends it with all that it started; returns when it is over. */
  void end() {
    tree.end();
  }

  private Thread read(InputStream in) {
    return Thread.ofPlatform()
        .daemon()
        .name("terminal-" + tree.pid())
        .start(
            () -> {
              try (in) {
                var some = new byte[8_192];
                for (int n = in.read(some); n >= 0; n = in.read(some)) {
                  printed.addAndGet(n);
                  keep(some, n);
                }
              } catch (IOException e) {
                // It is gone; what it said until then is kept.
                return;
              }
            });
  }

  private synchronized void keep(byte[] some, int n) {
    if (length + n > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(length + n, 2 * kept.length));
    }
    System.arraycopy(some, 0, kept, length, n);
    length += n;
    if (length > longest) {
      cut = true;
      System.arraycopy(kept, length - longest, kept, 0, longest);
      length = longest;
    }
  }

  private void await(Thread out, Thread err) {
    try {
      int code = tree.process().waitFor();
      out.join(LEFT);
      err.join(LEFT);
      exit.complete(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
