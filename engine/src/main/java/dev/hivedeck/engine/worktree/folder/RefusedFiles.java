package dev.hivedeck.engine.worktree.folder;

import dev.hivedeck.engine.git.ByteNames;
import dev.hivedeck.engine.git.Git;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Files that git took under no such name: kept under other names, for they are work, too. */
final class RefusedFiles {
  private final SnapshotGit git;
  private final Git plain;
  private final Path folder;
  private final Path own;
  private final Set<String> refused = new TreeSet<>();

  RefusedFiles(SnapshotGit git, Git plain, Path folder, Path own) {
    this.git = git;
    this.plain = plain;
    this.folder = folder;
    this.own = own;
  }

  void add(String path) {
    refused.add(path);
  }

  Set<String> paths() {
    return refused;
  }

  /** A tree of them, with another name for each of their folders and files. */
  String tree() {
    var entries = new ArrayList<String>();
    for (String path : refused) {
      try {
        Path file = ByteNames.resolve(folder, path);
        boolean link = Files.isSymbolicLink(file);
        byte[] target =
            link ? Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8) : null;
        String blob =
            link
                ? git.must(target, "hash-object", "-w", "--stdin", "--no-filters")
                : plain.from(file).must("hash-object", "-w", "--stdin", "--no-filters");
        String mode = link ? "120000" : Files.isExecutable(file) ? "100755" : "100644";
        entries.add(mode + " " + blob.strip() + "\t_" + path.replace("/", "/_"));
      } catch (IOException e) {
        throw WorkFiles.unreadable(folder, e.toString());
      }
    }
    var aside = plain.with(Map.of("GIT_INDEX_FILE", own.resolve("refused").toString()));
    try {
      Path list = Files.write(own.resolve("list"), ByteNames.join(entries));
      aside.from(list).must("update-index", "--add", "-z", "--index-info");
    } catch (IOException e) {
      throw WorkFiles.unreadable(folder, e.toString());
    }
    return aside.must("write-tree");
  }
}
