package dev.hivedeck.ui.shell.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.ui.shell.Desk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;

/** Takes plans in from files that the person chooses. */
public final class PlanImport {
  private final Desk desk;

  public PlanImport(Desk desk) {
    this.desk = desk;
  }

  public void choose() {
    desk.dialogs()
        .chooseFiles(
            desk.texts().text("import.choose"), List.of("*.yaml", "*.yml", "*.md", "*.markdown"))
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
                    new HiveException.Fault(
                        "plan-unreadable",
                        desk.texts().text("import.unreadable", file.toString(), e.getMessage()),
                        desk.texts().text("import.unreadable.hint"));
                Platform.runLater(() -> desk.notices().failed(fault));
              }
            });
  }

  private void send(String name, String text) {
    desk.steering()
        .execute(new Command.ImportPlan(name, text))
        .thenAccept(
            result -> {
              String done =
                  desk.texts()
                      .text(
                          "import.done",
                          name,
                          size(result.path("added")),
                          size(result.path("changed")),
                          size(result.path("kept")));
              int earlier = size(result.path("earlier"));
              desk.notices()
                  .say(
                      earlier == 0
                          ? done
                          : done + "\n" + desk.texts().text("import.earlier", earlier));
            });
  }

  private static int size(JsonNode listOrCount) {
    return listOrCount.isArray() ? listOrCount.size() : listOrCount.asInt();
  }
}
