package dev.hivedeck.engine.agent.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.agent.request.ClientRequest.Outcome;
import dev.hivedeck.engine.process.ResourceQuota;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.process.SandboxPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that the engine reads and writes for an agent in a sandbox. */
@EnabledOnOs(OS.LINUX)
class SandboxedFilesTest {
  @TempDir Path folder;
  private Path work;
  private Path own;
  private SandboxPolicy policy;
  private SandboxedFiles files;

  @BeforeEach
  void set() throws IOException {
    assumeTrue(SandboxLauncher.here().works(), SandboxLauncher.here().words());
    work = Files.createDirectory(folder.resolve("work"));
    own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(own.resolve("key"), "of the person");
    policy =
        new SandboxPolicy(
            Files.createDirectory(folder.resolve("tmp")),
            List.of(work),
            List.of(),
            List.of(),
            false);
    files = new SandboxedFiles(work, Map.of(), ResourceQuota.NONE, policy);
  }

  @Test
  void itsOwnItReadsAndWrites() throws Exception {
    files.write(work.resolve("a/b c.txt"), "täxt\n");
    assertThat(work.resolve("a/b c.txt")).hasContent("täxt\n");
    assertThat(files.read(work.resolve("a/b c.txt"), 100)).asString().isEqualTo("täxt\n");
    assertThat(files.read(work.resolve("a/b c.txt"), 2)).hasSize(2);
    assertThatThrownBy(() -> files.read(work.resolve("none"), 9))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> files.read(work.resolve("a"), 9)).hasMessageContaining("is no file");
  }

  /** As one that was put there after the path was looked at. */
  @Test
  void linksLeadNoFurtherThanItMayGoItself() throws Exception {
    Files.createSymbolicLink(work.resolve("folder"), own);
    Files.createSymbolicLink(work.resolve("file"), own.resolve("key"));
    for (String path : List.of("folder/key", "file")) {
      assertThatThrownBy(() -> files.read(work.resolve(path), 99)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> files.write(work.resolve(path), "x"))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> files.write(work.resolve("folder/new/x"), "x"))
        .isInstanceOf(IOException.class);
    assertThat(own.resolve("key")).hasContent("of the person");
    assertThat(own.resolve("new")).doesNotExist();
  }

  @Test
  void aPipeIsNoFile() {
    TestRepository.run(work, "mkfifo", "pipe");
    assertThatThrownBy(() -> files.read(work.resolve("pipe"), 9)).hasMessageContaining("no file");
    assertThatThrownBy(() -> files.write(work.resolve("pipe"), "x"))
        .hasMessageContaining("no file");
  }

  @Test
  void whatAnAgentHasDoneForItIsDoneFromWithin() throws Exception {
    try (var bench = new ClientRequestHandler(work, Map.of(), ResourceQuota.NONE, policy)) {
      assertThat(bench.run(new ClientRequest.WriteFile("made.txt", "1\n2\n3\n")).get())
          .isEqualTo(new Outcome.Done());
      assertThat(bench.run(new ClientRequest.ReadFile("made.txt", 2, 1)).get())
          .isEqualTo(new Outcome.Text("2"));
      assertThat(bench.run(new ClientRequest.ReadFile("none", 1, 1)).get())
          .isInstanceOf(Outcome.Missing.class);
    }
    // It may only look: nor does the engine write for it.
    var looking =
        new SandboxPolicy(folder.resolve("tmp"), List.of(), List.of(work), List.of(), false);
    try (var bench = new ClientRequestHandler(work, Map.of(), ResourceQuota.NONE, looking)) {
      assertThat(bench.run(new ClientRequest.WriteFile("other.txt", "x")).get())
          .isInstanceOf(Outcome.Refused.class);
    }
    assertThat(work.resolve("other.txt")).doesNotExist();
  }
}
