package dev.hivedeck.engine.worktree;

import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.worktree.folder.AttemptFolders;
import dev.hivedeck.engine.worktree.folder.FolderSnapshot;
import dev.hivedeck.engine.worktree.folder.SetupChanges;
import dev.hivedeck.engine.worktree.isolation.Isolations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

  /** Notes what is other by now than it was checked out. */
  List<SetupChanges.Entry> note(Path folder) {
    var notes = folders.notes(folder);
    String commit = notes.indexed();
    List<SetupChanges.Entry> entries =
        commit == null ? List.of() : read(folder, notes, commit, made(notes));
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

  private List<SetupChanges.Entry> read(
      Path folder, AttemptFolders.Notes notes, String commit, Path objects) {
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
        reading,
        folder,
        notes.index(),
        notes.place(),
        files -> {
          String after = files.tree(commit, before, inside);
          String[] diff = {"diff-tree", "-r", "-z", "--raw", "--no-renames", before, after};
          return after.equals(before)
              ? List.of()
              : SetupChanges.between(files.git().run(diff).bytes());
        });
  }
}
