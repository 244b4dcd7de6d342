package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Command.LineComment;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.control.diff.DiffView;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.theme.Icon;
import java.util.List;
import java.util.Optional;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** What an attempt has made of one file so far, in place of its log. */
final class AttemptDiff extends VBox {
  private final Desk desk;
  private final DiffView diff;
  private final Label path = Parts.label("", "mono");
  private final StackPane body = new StackPane();
  private Object asked;
  private String attempt;

  /**
   * @param back where one came from
   */
  AttemptDiff(Desk desk, Runnable back) {
    super(6);
    this.desk = desk;
    diff =
        new DiffView(
            desk,
            new Reader(),
            (file, from) -> desk.steering().query(new Query.Diff(null, attempt, file, from)));
    var link = Parts.link(desk.texts().text("act.back"), back);
    link.setGraphic(Icon.LEFT.node());
    VBox.setVgrow(body, Priority.ALWAYS);
    getChildren().setAll(Parts.row(10, link, Parts.grow(path)), body);
  }

  /** Asks anew: an attempt that runs goes on changing it. */
  void show(String wanted, String file) {
    var key = new Object();
    asked = key;
    attempt = wanted;
    path.setText(file);
    body.getChildren().setAll(Placard.loading(desk.texts().text("files.loading")));
    desk.steering()
        .query(new Query.Diff(null, attempt))
        .whenComplete(
            (answer, failure) -> {
              if (asked == key) {
                if (failure == null) {
                  show(file, Json.as(answer, FileDiffs.class).files());
                } else {
                  body.getChildren()
                      .setAll(
                          Placard.failed(
                              desk.texts(),
                              DiffView.fault(desk.texts(), failure),
                              () -> show(wanted, file)));
                }
              }
            });
  }

  private void show(String file, List<FileDiff> files) {
    var worktree = desk.live().attempts().get(attempt).map(Views.Attempt::worktree).orElse(null);
    var found = find(files, within(worktree, file));
    if (found.isPresent()) {
      diff.forget();
      diff.show(found.get(), List.of(), List.of());
      body.getChildren().setAll(diff);
    } else {
      body.getChildren()
          .setAll(
              Placard.empty(
                  Icon.FILE,
                  desk.texts().text("act.nodiff"),
                  desk.texts().text("act.nodiff.more")));
    }
  }

  /** A path as git has it: agents name files from their worktree, or from the root. */
  static String within(String worktree, String file) {
    String even = file.replace('\\', '/');
    String root = worktree == null ? "" : worktree.replace('\\', '/') + "/";
    if (!root.isEmpty() && even.startsWith(root)) {
      even = even.substring(root.length());
    }
    return even.startsWith("./") ? even.substring(2) : even;
  }

  private static Optional<FileDiff> find(List<FileDiff> files, String path) {
    return files.stream()
        .filter(f -> f.path().equals(path))
        .findFirst()
        .or(() -> files.stream().filter(f -> path.endsWith("/" + f.path())).findFirst());
  }

  /** What is not a change yet is not reviewed. */
  private static final class Reader implements DiffView.Reviewer {
    @Override
    public boolean welcome() {
      return false;
    }

    @Override
    public void keep(LineComment draft) {}

    @Override
    public void drop(LineComment draft) {}

    @Override
    public void send(LineComment draft) {}
  }
}
