package dev.hivedeck.engine.git;

import dev.hivedeck.engine.file.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Which files git ignores, by whatever rule; those that it tracks are none. */
public final class CheckIgnore {
  private CheckIgnore() {}

  /**
   * Those of some paths that are ignored, by one process.
   *
   * @param paths as {@link ByteNames} has them, from the root of the work tree
   */
  public static Set<String> of(Git git, List<String> paths) {
    if (paths.isEmpty()) {
      return Set.of();
    }
    Path list = null;
    try {
      list = Files.createTempFile("hivedeck", ".paths");
      Files.write(list, ByteNames.join(paths));
      var said = git.from(list).run("check-ignore", "-z", "--stdin");
      if (said.exit() > 1) {
        throw git.failed(said, "check-ignore");
      }
      return Set.copyOf(ByteNames.split(said.bytes()));
    } catch (IOException e) {
      throw Disk.noTemporaryFile(e);
    } finally {
      if (list != null) {
        list.toFile().delete();
      }
    }
  }
}
