package dev.hivedeck.ui.shell.frame;

import dev.hivedeck.engine.protocol.view.WorkspaceViews;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;

/** Main, its tip, and how many commits it lacks of the remote's branch that it follows. */
final class MainBranchButton extends Button {
  private final Texts texts;

  MainBranchButton(Texts texts, Runnable open) {
    this.texts = texts;
    getStyleClass().add("bar-button");
    setGraphic(Widgets.row(6));
    setMinWidth(Region.USE_PREF_SIZE);
    setMnemonicParsing(false);
    setOnAction(_ -> open.run());
  }

  void show(WorkspaceViews.Workspace w) {
    var row =
        Widgets.row(
            6,
            Icon.BRANCH.node(),
            whole(Widgets.label(w.main())),
            whole(Widgets.label(w.commit(), "mono", "strong")));
    String said = texts.text("bar.branch", w.main(), w.commit());
    var upstream = w.upstream();
    if (upstream != null) {
      said += "\n" + standing(upstream);
      if (upstream.problem() != null) {
        said += "\n" + upstream.problem() + " " + upstream.remedy();
      }
      if (upstream.ahead() > 0) {
        row.getChildren().add(whole(Widgets.label("↑" + texts.count(upstream.ahead()), "muted")));
      }
      if (upstream.behind() > 0) {
        row.getChildren()
            .add(whole(Widgets.label("↓" + texts.count(upstream.behind()), "tone-amber")));
      }
    }
    setGraphic(row);
    Widgets.name(this, said);
  }

  private static Label whole(Label label) {
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  private String standing(WorkspaceViews.Upstream upstream) {
    return texts.text(
        upstream.behind() > 0
            ? upstream.ahead() > 0 ? "remote.apart" : "remote.behind"
            : upstream.ahead() > 0 ? "remote.ahead" : "remote.same",
        upstream.name(),
        upstream.ahead(),
        upstream.behind());
  }
}
