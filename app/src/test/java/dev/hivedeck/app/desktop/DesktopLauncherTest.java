package dev.hivedeck.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.app.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesktopLauncherTest {
  @TempDir Path folder;

  @Test
  void aRepositoryIsKnownOnceItWasOpened() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    var shop = new Shop(folder).write("a/b.txt", "b\n").commit();
    assertThat(DesktopLauncher.isKnown(shop.path())).isFalse();
    assertThat(DesktopLauncher.isKnown(folder)).as("no repository").isFalse();
    assertThat(CliRunner.in(shop.path(), "pause").status()).isZero();
    assertThat(DesktopLauncher.isKnown(shop.path())).isTrue();
    assertThat(DesktopLauncher.isKnown(shop.path().resolve("a"))).isTrue();
  }
}
