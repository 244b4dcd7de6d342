package dev.hivedeck.ui.view.welcome;

import dev.hivedeck.engine.protocol.Config.Finding;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What was found in a repository: a line for each kind, then what is worth a word. */
final class RepositoryFindings extends VBox {
  private final Texts texts;
  private final GridPane kinds = new GridPane(10, 6);
  private final VBox notes = new VBox(6);

  RepositoryFindings(Texts texts) {
    super(10);
    this.texts = texts;
    getChildren().addAll(kinds, notes);
  }

  void show(List<Finding> found) {
    kinds.getChildren().clear();
    notes.getChildren().clear();
    for (var finding : found) {
      if (finding.kind().equals("note")) {
        notes.getChildren().add(note(finding));
      } else {
        var kind = Widgets.label(texts.text("first.found." + finding.kind()), "muted");
        kind.setMinWidth(Region.USE_PREF_SIZE);
        var said = Widgets.label(texts.part(Printable.line(finding.text())));
        GridPane.setHgrow(said, Priority.ALWAYS);
        kinds.addRow(kinds.getRowCount(), kind, said);
      }
    }
  }

  private Node note(Finding finding) {
    var words = Widgets.prose(texts.said(finding.text()), "soft");
    return Widgets.row(8, Tone.AMBER.on(Icon.INFO.node()), Widgets.grow(words));
  }
}
