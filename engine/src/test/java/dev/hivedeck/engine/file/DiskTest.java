package dev.hivedeck.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several disks the one that is full is named. */
class DiskTest {
  @TempDir Path folder;

  @Test
  void foldersOfOneDiskAreOneAlsoBeforeTheyAreThere() {
    var disks = Disk.of(List.of(folder, folder.resolve("not/yet/there")));
    assertThat(disks).hasSize(1);
    assertThat(disks.getFirst().full()).isFalse();
    assertThat(disks.getFirst().where()).contains(folder.toString(), "not/yet/there");
  }

  @Test
  void aWriteThatFailedForWantOfRoomNamesWhere() {
    var full = Disk.full(folder, new IOException("x: No space left on device")).orElseThrow();
    assertThat(full.code()).isEqualTo("disk-full");
    assertThat(full.getMessage()).contains("The disk of " + folder + " is full");
    assertThat(Disk.full(folder, new IOException("x: Permission denied"))).isEmpty();
  }
}
