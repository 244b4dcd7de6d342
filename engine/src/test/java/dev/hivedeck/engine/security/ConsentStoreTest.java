package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not, word for word, what a person consented to is no consent. */
class ConsentStoreTest {
  private static final Instant AT = Instant.parse("2026-01-05T12:00:00Z");
  private static final String HIVE = "agents: { a: { driver: scripted, recipe: r.yaml } }";

  @TempDir Path folder;

  private ConfigSnapshot snapshot() throws IOException {
    Path repository = Files.createDirectories(folder.resolve("repository/.hivedeck")).getParent();
    Files.writeString(repository.resolve(".hivedeck/hive.yaml"), HIVE);
    Files.writeString(repository.resolve("r.yaml"), "default: [ { run: one } ]");
    return ConfigSnapshot.read(repository, null);
  }

  private ConsentStore store() {
    return new ConsentStore(folder);
  }

  private Path file() {
    return folder.resolve("consent.json");
  }

  private void refused(String why) {
    var storedConsent = store().read();
    assertThat(storedConsent.snapshot()).isNull();
    assertThat(storedConsent.at()).isNull();
    assertThat(storedConsent.trouble()).contains(why);
  }

  @Test
  void whatWasConsentedToIsThereAgainWhole() throws IOException {
    var snapshot = snapshot();
    store().give(snapshot, AT);
    var storedConsent = store().read();
    assertThat(storedConsent.trouble()).isNull();
    assertThat(storedConsent.at()).isEqualTo(AT);
    assertThat(storedConsent.snapshot().digest()).isEqualTo(snapshot.digest());
    assertThat(storedConsent.snapshot().hive()).isEqualTo(HIVE);
    assertThat(storedConsent.snapshot().recipes()).isEqualTo(snapshot.recipes());
  }

  @Test
  void whereNobodyConsentedNothingIsWrong() {
    assertThat(store().read()).isEqualTo(new ConsentStore.StoredConsent(null, null, null));
  }

  @ParameterizedTest
  @CsvSource({
    "recipe: r.yaml, recipe: s.yaml",
    "run: one, run: two",
    "\"version\":1, \"version\":2",
    "\"at\":, \"when\":",
    "\"digest\":\", \"digest\":\"0",
    "\"recipes\":[, \"recepies\":["
  })
  void whatIsNotAsItWasWrittenCountsForNothing(String was, String is) throws IOException {
    store().give(snapshot(), AT);
    String text = Files.readString(file());
    assertThat(text).contains(was);
    Files.writeString(file(), text.replace(was, is));
    refused("");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "{", "null", "[]", "{}", "\"yes\"", "true"})
  void norDoesWhatIsNoConsentAtAll(String text) throws IOException {
    Files.writeString(file(), text);
    refused("");
  }

  @Test
  void norDoesWhatCannotBeRead() throws IOException {
    Files.createDirectory(file());
    refused("consent.json cannot be read: ");
  }

  @Test
  void norDoesThatOfAnEarlierVersion() throws IOException {
    Files.writeString(folder.resolve("trust"), "0123");
    refused("an earlier version of Hivedeck showed commands only");
    store().give(snapshot(), AT);
    assertThat(folder.resolve("trust")).doesNotExist();
    assertThat(store().read().trouble()).isNull();
  }

  @Test
  void thatItCannotBeRecordedIsSaid() throws IOException {
    var snapshot = snapshot();
    Files.createDirectories(file().resolve("in the way"));
    assertThatThrownBy(() -> store().give(snapshot, AT))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("home-unwritable");
              assertThat(e.getMessage()).contains("consent.json");
              assertThat(e.hint()).isNotBlank();
            });
  }

  @Test
  void whatAnotherReadsIsTheSame() {
    var one = ConfigSnapshot.of("agents: { a: { run: x } }", Map.of(), Map.of());
    store().give(one, AT);
    store()
        .give(
            ConfigSnapshot.of("agents: { a: { run: y } }", Map.of(), Map.of()), AT.plusSeconds(1));
    assertThat(store().read().snapshot().hive()).as("the last counts").contains("run: y");
  }
}
