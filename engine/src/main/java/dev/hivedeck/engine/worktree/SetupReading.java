package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.FolderSnapshot;
import dev.hivedeck.engine.worktree.folder.PreparedPaths;
import dev.hivedeck.engine.worktree.folder.SetupChanges;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads what the setup of a folder did there, so that it can be told from work. */
final class SetupReading {
  private final Repository repository;
  private final AttemptFolders folders;
  private final Isolations isolations;

  SetupReading(Repository repository, AttemptFolders folders, Isolations isolations) {
    this.repository = repository;
    this.folders = folders;
    this.isolations = isolations;
  }

  /**
   * Notes what is other by now than it was checked out.
   *
   * @param left receives what is too much to be read
   */
  List<SetupChanges.Entry> note(Path folder, List<String> left) {
    var notes = folders.notes(folder);
    String commit = notes.indexed();
    List<SetupChanges.Entry> entries =
        commit == null ? List.of() : read(folder, notes, commit, made(notes), left);
    SetupChanges.end(notes, entries);
    return entries;
  }

  private Path made(AttemptFolders.Notes notes) {
    try {
      return Files.createDirectories(SetupChanges.objects(notes.place()));
    } catch (IOException e) {
      throw folders.unwritable(e);
    }
  }

  /** The tree of all that is in a folder by now. */
  String tree(Path folder) {
    var notes = folders.notes(folder);
    String commit = Objects.requireNonNull(notes.indexed(), "what is checked out in it");
    return read(
        folder,
        notes,
        commit,
        made(notes),
        (files, before, inside) -> files.tree(commit, before, inside));
  }

  private List<SetupChanges.Entry> read(
      Path folder, AttemptFolders.Notes notes, String commit, Path objects, List<String> left) {
    return read(
        folder,
        notes,
        commit,
        objects,
        (files, before, inside) -> {
          String after = files.tree(commit, before, inside);
          if (!inside.excess().isEmpty()) {
            left.addAll(untaken(files.git(), notes.place()));
          }
          String[] diff = {"diff-tree", "-r", "-z", "--raw", "--no-renames", before, after};
          return after.equals(before)
              ? List.of()
              : SetupChanges.between(files.git().run(diff).bytes());
        });
  }

  private interface Read<T> {
    T of(FolderSnapshot files, String before, InnerRepositories inside);
  }

  private <T> T read(
      Path folder, AttemptFolders.Notes notes, String commit, Path objects, Read<T> read) {
    var isolation = isolations.of(folder, notes);
    var inside =
        new InnerRepositories(
            repository,
            folder,
            isolation.gitFolders(folder),
            notes.place(),
            commit,
            false,
            isolations.limits(),
            (path, directory) -> {}); // nobody's history yet
    var reading = repository.reading(folder).with(repository.into(objects));
    String before = repository.treeOf(commit);
    return FolderSnapshot.read(
        reading, folder, notes.index(), notes.place(), files -> read.of(files, before, inside));
  }

  /** New files that a reading did not take, repositories left aside. */
  private static List<String> untaken(Git git, Path notes) {
    var command = new ArrayList<>(List.of("ls-files", "-z", "--others", "--exclude-standard"));
    command.addAll(PreparedPaths.excluded(notes));
    return git.listed(command.toArray(String[]::new)).stream()
        .filter(path -> !path.endsWith("/"))
        .toList();
  }
}
