package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.engine.protocol.release.ReleaseOffer.Relation;
import dev.hivedeck.engine.protocol.release.ReleasePackage;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Settings;
import dev.hivedeck.ui.shell.upgrade.ProgramUpgrades;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Newer versions in the settings: looked for when the person says so, and never installed there.
 */
class UpgradeSettingsTest {
  private static final String NOTES =
      """
      ### Added

      - A change can be taken out
        step by step with `hivedeck rollout`.
      - The queue says why it waits.

      ### Fixed

      - A download that broke off goes on where it ended.
      """;

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final Program program = new Program();
  private Desktop desktop;
  private TestUser person;

  /** A program of which a version is out. */
  private static final class Program implements ProgramUpgrades {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile Relation relation = Relation.NEWER;
    volatile HiveException refusal;

    @Override
    public String version() {
      return "0.1.0";
    }

    @Override
    public ReleaseOffer latest(ReleaseChannel channel) {
      asked.add("latest " + channel.word());
      refuse();
      var pack =
          new ReleasePackage(
              "linux-x86_64-deb",
              "hivedeck_0.2.0-1_amd64.deb",
              URI.create("https://example.org/hivedeck_0.2.0-1_amd64.deb"),
              "00",
              137_000_000,
              Set.of());
      return new ReleaseOffer(
          "0.1.0",
          channel,
          relation == Relation.NEWER ? "0.2.0" : "0.1.0",
          LocalDate.of(2026, 12, 1),
          relation,
          NOTES,
          pack);
    }

    private void refuse() {
      if (refusal != null) {
        throw refusal;
      }
    }

    @Override
    public DownloadedPackage download(ReleaseOffer offer, LongConsumer progress) {
      asked.add("download " + offer.version());
      progress.accept(2 << 20);
      refuse();
      var file =
          Path.of("/home/anna/.local/share/hivedeck/upgrades/packages/hivedeck_0.2.0-1_amd64.deb");
      return new DownloadedPackage(
          file,
          List.of("sudo", "apt", "install", file.toString()),
          "sudo apt install " + file,
          List.of("xdg-open"));
    }

    @Override
    public void open(DownloadedPackage pack) {
      asked.add("open");
    }
  }

  private record Host(EngineApi door, Program program) implements Desktop.Host {
    @Override
    public EngineApi open(Path folder) {
      return door;
    }

    @Override
    public Optional<ProgramUpgrades> upgrades() {
      return Optional.of(program);
    }
  }

  private Path file() {
    return folder.resolve("desktop.json");
  }

  private void open(String language, String theme) {
    try (var settings = new Settings(file())) {
      settings.put("language", language);
      settings.put("theme", theme);
    }
    desktop = FxThread.desktop(new Host(door, program), door, file());
    person = new TestUser(desktop);
  }

  private void settings() {
    FxThread.run(() -> desktop.frame().to(ScreenId.SETTINGS, "upgrade"));
  }

  /** With {@code -Dhivedeck.pictures=true}, to be looked at. */
  private void picture(String name) {
    settings();
    FxThread.pulse();
    FxThread.picture(desktop, Path.of(name));
  }

  @AfterEach
  void close() {
    FxThread.closeAll();
  }

  @Test
  void nobodyIsAskedBeforeThePersonSaysSo() {
    open("en", "dark");
    settings();
    person.waitsFor("Hivedeck 0.1.0 is installed. Nobody is asked");
    assertThat(program.asked).isEmpty();
    var daily = daily();
    FxThread.run(() -> daily.setSelected(true));
    person.waitsFor("Version 0.2.0 is out");
    assertThat(program.asked).containsExactly("latest stable");
  }

  private CheckBox daily() {
    return (CheckBox)
        person.one(
            node -> node instanceof CheckBox box && box.getText().contains("once a day"), "daily");
  }

  @Test
  void whoAgreedIsToldElsewhereOnceADay() {
    try (var settings = new Settings(file())) {
      settings.put("upgrade.look", true);
    }
    open("en", "dark");
    person.waitsFor("Version 0.2.0 is out. Settings has more.");
    FxThread.closeAll();
    program.asked.clear();
    open("en", "dark");
    settings();
    person.waitsFor("Hivedeck 0.1.0 is installed.");
    assertThat(program.asked).as("it was asked less than a day ago").isEmpty();
  }

  @Test
  void whatChangesIsShownAndThePackageIsHandedToTheInstaller() {
    open("en", "dark");
    settings();
    person.click("Look now");
    person.waitsFor("Since December 1, 2026; 0.1.0 is installed.");
    person.waitsFor("• A change can be taken out step by step with hivedeck rollout.");
    picture("target/upgrade-told.png");
    FxThread.run(person.button("Download, 137.0 MB")::fire);
    person.waitsFor("sudo apt install /home/anna/");
    picture("target/upgrade-ready.png");
    assertThat(program.asked).containsExactly("latest stable", "download 0.2.0");
    FxThread.run(person.button("Open the installer")::fire);
    FxThread.until("the installer is opened", () -> program.asked.contains("open"));
  }

  @Test
  void theLatestVersionSaysSoInGerman() {
    program.relation = Relation.SAME;
    open("de", "light");
    settings();
    person.click("Jetzt nachsehen");
    person.waitsFor("Hivedeck 0.1.0 ist die neueste Version.");
    program.relation = Relation.NEWER;
    person.click("Jetzt nachsehen");
    person.waitsFor("Version 0.2.0 ist da");
    picture("target/upgrade-german.png");
  }

  @Test
  void theOtherChannelIsAskedWhereItIsChosen() {
    open("en", "dark");
    settings();
    @SuppressWarnings("unchecked")
    var channel =
        (ComboBox<ReleaseChannel>)
            person.one(
                node ->
                    node instanceof ComboBox<?> box && "Channel".equals(box.getAccessibleText()),
                "channel");
    FxThread.run(() -> channel.setValue(ReleaseChannel.PREVIEW));
    person.click("Look now");
    person.waitsFor("Version 0.2.0 is out");
    assertThat(program.asked).containsExactly("latest preview");
  }

  @Test
  void whatIsRefusedIsSaidAndTriedAgain() {
    open("en", "dark");
    settings();
    person.click("Look now");
    person.waitsFor("Version 0.2.0 is out");
    program.refusal =
        new HiveException(
            ErrorCode.PACKAGE_WRONG, "It is not what was signed.", "Try again later.");
    FxThread.run(person.button("Download, 137.0 MB")::fire);
    person.waitsFor("It is not what was signed. Try again later.");
    program.refusal = null;
    FxThread.run(person.button("Try again")::fire);
    person.waitsFor("sudo apt install");
  }
}
