package dev.hivedeck.engine.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.process.SandboxPolicy;
import dev.hivedeck.engine.protocol.HiveException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is handed to an attempt, in a folder that the attempt may change. */
@DisabledOnOs(OS.WINDOWS)
class AttemptFilesTest {
  @TempDir Path folder;
  private AttemptFiles attemptFiles;
  private Path own;

  @BeforeEach
  void set() throws Exception {
    attemptFiles = new AttemptFiles(folder.resolve("exchange"));
    own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(own.resolve("mine"), "of the person");
  }

  @Test
  void aLinkThatAnAgentLeftLeadsNobodyAnywhere() throws Exception {
    attemptFiles.open("T-1.1", "x");
    Path temporary = attemptFiles.temporary("T-1.1");
    Files.delete(temporary);
    Files.createSymbolicLink(temporary, own);
    Path prompt = attemptFiles.open("T-1.1", "again");
    assertThat(Files.isDirectory(attemptFiles.temporary("T-1.1"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
    assertThat(prompt).hasContent("again");
    assertThat(own.resolve("mine")).hasContent("of the person");
  }

  /** Its temporary folder is mounted: where it could be replaced, a link would be followed. */
  @Test
  void whatItIsHandedAndWhatItNeedsForAWhileLieApart() {
    attemptFiles.open("T-1.1", "x");
    Path temporary = attemptFiles.temporary("T-1.1");
    assertThat(temporary.startsWith(attemptFiles.folder("T-1.1"))).isFalse();
    assertThatThrownBy(
            () -> new SandboxPolicy(own.resolve("tmp"), List.of(own), List.of(), List.of(), false))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("may be changed");
    attemptFiles.close("T-1.1");
    assertThat(temporary).doesNotExist();
  }

  @Test
  void whatAnAgentTookTheRightsFromGoesToo() throws Exception {
    attemptFiles.open("T-1.1", "x");
    Path temporary = attemptFiles.temporary("T-1.1");
    Path closed = Files.createDirectories(temporary.resolve("closed/inner"));
    Files.writeString(closed.resolve("file"), "x");
    Files.createSymbolicLink(temporary.resolve("link"), own);
    closed.toFile().setWritable(false);
    closed.getParent().toFile().setExecutable(false);
    closed.getParent().toFile().setReadable(false);
    attemptFiles.close("T-1.1");
    assertThat(attemptFiles.folder("T-1.1")).doesNotExist();
    assertThat(own.resolve("mine")).exists();
  }
}
