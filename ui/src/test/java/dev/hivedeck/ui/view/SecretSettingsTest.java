package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.secret.Secret;
import dev.hivedeck.engine.protocol.secret.SecretCommand.SetSecret;
import dev.hivedeck.engine.protocol.secret.SecretQuery;
import dev.hivedeck.engine.protocol.view.NotifyViews;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.scene.control.PasswordField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in the settings: which are missing, and a field for each that shows nothing. */
class SecretSettingsTest {
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final List<Secret> secrets = new CopyOnWriteArrayList<>();
  private final List<Command> sent = new CopyOnWriteArrayList<>();
  private HiveException refusal;
  private Desktop desktop;
  private TestUser person;

  private void open() {
    door.queries =
        query ->
            switch (query) {
              case SecretQuery.Secrets _ -> Json.tree(List.copyOf(secrets));
              case Query.Channels _ ->
                  Json.tree(
                      List.of(
                          new NotifyViews.Channel(
                              "chat", "slack", "secret chat-url", "unused", 0, 0, null, "")));
              default -> Json.tree(List.of());
            };
    door.answer =
        command -> {
          sent.add(command);
          if (refusal != null) {
            throw refusal;
          }
          if (command instanceof SetSecret s) {
            secrets.removeIf(known -> known.name().equals(s.name()));
            secrets.add(new Secret(s.name(), true, "encrypted file", List.of("channel chat")));
          }
          return Json.object();
        };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "secrets"));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  @Test
  void withoutAnySecretThatIsSaid() {
    open();
    person.waitsFor("hive.yaml names no secret, and none is kept.");
  }

  @Test
  void whatIsMissingIsTypedUnseenAndKept() {
    secrets.add(new Secret("chat-url", false, "encrypted file", List.of("channel chat")));
    open();
    person.waitsFor("missing · for channel chat");
    person.click("Set");
    var field = person.field("Value of chat-url");
    assertThat(field).isInstanceOf(PasswordField.class);
    person.types("hush-hush");
    assertThat(person.texts()).noneMatch(text -> text.contains("hush"));
    person.presses(KeyCode.ENTER);
    person.waitsFor("chat-url is kept.");
    person.waitsFor("kept in the encrypted file · for channel chat");
    assertThat(sent).containsExactly(new SetSecret("chat-url", "hush-hush"));
    assertThat(field.getText()).isEmpty();
    assertThat(person.texts()).noneMatch(text -> text.contains("hush"));
  }

  @Test
  void aChannelWhoseSecretIsMissingLeadsToItsField() {
    secrets.add(new Secret("chat-url", false, "encrypted file", List.of("channel chat")));
    open();
    person.waitsFor("Set the secret chat-url");
    FxThread.run(person.button("Set the secret chat-url")::fire);
    person.field("Value of chat-url");
    person.types("hush-hush");
    person.click("Keep");
    person.waitsUntilGone("Set the secret chat-url");
  }

  @Test
  void whyItCannotBeKeptIsSaidAndWhatWasTypedStays() {
    secrets.add(new Secret("chat-url", false, "encrypted file", List.of("channel chat")));
    refusal =
        new HiveException(
            ErrorCode.SECRETS_UNWRITABLE,
            "Secrets cannot be kept in /home: no space.",
            "Check that the folder is yours and has space.");
    open();
    person.waitsFor("missing · for channel chat");
    person.click("Set");
    person.types("hush-hush");
    person.click("Keep");
    person.waitsFor("Secrets cannot be kept in /home: no space. Check that");
    refusal = null;
    person.click("Keep");
    person.waitsFor("chat-url is kept.");
  }
}
