package dev.hivedeck.ui.shell.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.shell.ScreenContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;

/** Takes plans in from files that the person chooses. */
public final class PlanImport {
  private final ScreenContext context;

  public PlanImport(ScreenContext context) {
    this.context = context;
  }

  public void choose() {
    context
        .dialogs()
        .chooseFiles(
            context.texts().text("import.choose"), List.of("*.yaml", "*.yml", "*.md", "*.markdown"))
        .forEach(this::take);
  }

  public void take(Path file) {
    Thread.ofVirtual()
        .name("plan-import")
        .start(
            () -> {
              try {
                if (!Files.isRegularFile(file)) {
                  throw new IOException("it is no plain file"); // a pipe would never end
                }
                var text = Files.readString(file);
                Platform.runLater(() -> send(file.getFileName().toString(), text));
              } catch (IOException e) {
                var fault =
                    HiveException.Fault.of(
                        ErrorCode.PLAN_UNREADABLE,
                        context.texts().text("import.unreadable", file.toString(), e.getMessage()),
                        context.texts().text("import.unreadable.hint"));
                Platform.runLater(() -> context.notices().failed(fault));
              }
            });
  }

  private void send(String name, String text) {
    context
        .steering()
        .execute(new Command.ImportPlan(name, text))
        .thenAccept(
            result -> {
              String done =
                  context
                      .texts()
                      .text(
                          "import.done",
                          name,
                          size(result.path("added")),
                          size(result.path("changed")),
                          size(result.path("kept")));
              int earlier = size(result.path("earlier"));
              context
                  .notices()
                  .say(
                      earlier == 0
                          ? done
                          : done + "\n" + context.texts().text("import.earlier", earlier));
            });
  }

  private static int size(JsonNode listOrCount) {
    return listOrCount.isArray() ? listOrCount.size() : listOrCount.asInt();
  }
}
