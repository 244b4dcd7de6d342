package dev.hivedeck.ui.control.diff;

import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.ui.control.image.ImagePair;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import javafx.scene.layout.Region;

/** What is said of a file of a diff, above its lines and where it has none. */
final class FileNotice {
  private FileNotice() {}

  static String title(Texts texts, FileDiff file) {
    var name =
        file.oldPath() == null || file.oldPath().equals(file.path())
            ? file.path()
            : file.oldPath() + " → " + file.path();
    return file.remade()
        ? name + " · " + texts.text("diff.mode", file.oldMode(), file.mode())
        : name;
  }

  /** Why there are no lines. */
  static Region nothing(Texts texts, FileDiff file, DiffSource source) {
    if (file.binary() && ImagePair.shows(file.path()) && source != null) {
      var old = file.oldPath() == null ? file.path() : file.oldPath();
      var before = file.status().equals("added") ? null : source.content(old, true);
      var after = file.status().equals("deleted") ? null : source.content(file.path(), false);
      if (before != null || after != null) {
        return new ImagePair(texts, before, after);
      }
    }
    if (file.binary()) {
      return EmptyState.empty(
          Icon.FILE, texts.text("diff.binary"), texts.text("diff.binary.more", file.path()));
    }
    if (file.additions() + file.deletions() > 0) {
      return EmptyState.empty(
          Icon.FILE,
          texts.text("diff.large"),
          texts.text(
              "diff.large.more", texts.count(file.additions()), texts.count(file.deletions())));
    }
    return EmptyState.empty(
        Icon.FILE,
        texts.text(file.status().equals("renamed") ? "diff.renamed" : "diff.same"),
        texts.text("diff.same.more"));
  }
}
