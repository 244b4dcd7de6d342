package dev.hivedeck.ui.view.slo.form;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.scene.control.MenuButton;

/** Writes the objectives into a file, in a format of others. */
public final class ExportMenu {
  private final ScreenContext context;
  private final Texts texts;

  /** A format, and what its file is called unless the person says so. */
  private enum Format {
    OPENSLO("slo.yaml"),
    PROMETHEUS("rules.yml"),
    PROMTOOL("rules_test.yml");

    private final String file;

    Format(String file) {
      this.file = file;
    }

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public ExportMenu(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
  }

  /** What opens it; off while there is nothing to export. */
  public MenuButton button() {
    var button = new MenuButton(texts.text("slo.export"), Icon.EXPORT.node());
    Widgets.name(button, texts.text("slo.export"));
    for (var format : Format.values()) {
      button
          .getItems()
          .add(
              Widgets.menuItem(
                  null, texts.text("slo.export." + format.word()), true, () -> choose(format)));
    }
    var objectives = context.live().objectives();
    return context.act(
        button, Bindings.createBooleanBinding(() -> objectives.get().isEmpty(), objectives));
  }

  private void choose(Format format) {
    context
        .steering()
        .query(new Query.ObjectiveExport(format.word(), List.of(), true))
        .thenAccept(
            answer -> {
              var exported = Json.as(answer, Query.Exported.class);
              context
                  .dialogs()
                  .chooseTarget(texts.text("slo.export." + format.word()), format.file)
                  .ifPresent(file -> write(file, exported));
            });
  }

  private void write(Path file, Query.Exported exported) {
    Thread.ofVirtual()
        .name("objective-export")
        .start(
            () -> {
              try {
                Files.writeString(file, exported.text());
                Platform.runLater(() -> context.notices().say(done(file, exported)));
              } catch (IOException e) {
                var fault =
                    HiveException.Fault.of(
                        ErrorCode.FILE_UNWRITABLE,
                        texts.text("slo.export.unwritable", file.toString(), why(e)),
                        texts.text("slo.export.unwritable.hint"));
                Platform.runLater(() -> context.notices().failed(fault));
              }
            });
  }

  private String done(Path file, Query.Exported exported) {
    var left = exported.left().stream().map(Query.LeftOut::objective).toList();
    return left.isEmpty()
        ? texts.text("slo.export.done", file.toString())
        : texts.text("slo.export.part", file.toString(), String.join(", ", left));
  }

  /** Messages of the system name the file alone. */
  private String why(IOException e) {
    return e instanceof AccessDeniedException
        ? texts.text("slo.export.denied")
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
