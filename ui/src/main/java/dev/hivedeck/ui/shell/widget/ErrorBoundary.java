package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.text.Texts;
import javafx.scene.Node;
import javafx.scene.layout.StackPane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a pane, or says in its place that this failed: what the pane showed before, of another
 * thing, is never left beside a button.
 */
public final class ErrorBoundary {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorBoundary.class);

  private final StackPane pane;
  private final Texts texts;
  private Runnable work = () -> {};
  private Node placard;
  private String code = "";

  /**
   * @param pane whose first child is what gets filled
   */
  public ErrorBoundary(StackPane pane, Texts texts) {
    this.pane = pane;
    this.texts = texts;
  }

  /** Does what fills the pane; may be called again at any time. */
  public void fill(Runnable wanted) {
    work = wanted;
    try {
      wanted.run();
    } catch (RuntimeException e) {
      failed(e);
      return;
    }
    code = "";
    pane.getChildren().remove(placard);
    usable(true);
  }

  private void failed(RuntimeException e) {
    usable(false);
    var report = FxExceptionHandler.Report.of(e);
    if (!report.code().equals(code)) {
      LOG.error("A pane could not be filled ({})", report.code(), e);
      code = report.code();
      pane.getChildren().remove(placard);
      placard = placard(report, e);
    }
    // The same failure keeps its buttons, so that none goes away under the pointer.
    if (!pane.getChildren().contains(placard)) {
      pane.getChildren().add(placard);
    }
  }

  private Node placard(FxExceptionHandler.Report report, RuntimeException e) {
    var fault =
        e instanceof HiveException known
            ? known.fault()
            : new HiveException.Fault(
                report.code(), texts.text("pane.failed"), texts.text("pane.failed.more"));
    return EmptyState.failed(
        texts, fault, () -> fill(work), Widgets.copy(texts.text("broken.copy"), report.text()));
  }

  private void usable(boolean so) {
    if (!pane.getChildren().isEmpty() && pane.getChildren().getFirst() != placard) {
      var content = pane.getChildren().getFirst();
      content.setVisible(so);
      content.setDisable(!so);
    }
  }
}
