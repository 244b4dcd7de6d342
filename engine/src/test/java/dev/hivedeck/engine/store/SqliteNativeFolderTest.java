package dev.hivedeck.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteNativeFolderTest {
  @TempDir Path folder;

  @Test
  void whatKilledProcessesLeftGoesAndWhatLiveOnesUseStays() throws Exception {
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path left = Files.createDirectories(folder.resolve(Long.toString(gone.pid())));
    Files.writeString(left.resolve("libsqlitejdbc.so"), "x");
    Files.writeString(left.resolve("libsqlitejdbc.so.lck"), "");
    Path live =
        Files.createDirectories(folder.resolve(Long.toString(ProcessHandle.current().pid())));
    Files.writeString(live.resolve("libsqlitejdbc.so"), "x");
    Path other = Files.writeString(folder.resolve("not-ours"), "x");
    SqliteNativeFolder.sweep(folder);
    assertThat(left).doesNotExist();
    assertThat(live.resolve("libsqlitejdbc.so")).exists();
    assertThat(other).exists();
  }
}
