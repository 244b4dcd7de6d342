package dev.hivedeck.ui.shell.upgrade;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.release.DownloadedPackage;
import dev.hivedeck.engine.protocol.release.ReleaseChannel;
import dev.hivedeck.engine.protocol.release.ReleaseOffer;
import dev.hivedeck.ui.shell.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Newer versions of this program: looked for once a day where the person agreed, and whenever they
 * say so. All methods belong to the FX thread.
 */
public final class Upgrades {
  private static final String AGREED = "upgrade.look";
  private static final String CHANNEL = "upgrade.channel";
  private static final String LOOKED = "upgrade.looked";
  private static final Duration EVERY = Duration.ofDays(1);

  /** Progress is shown so often, however fast it is. */
  private static final long STEP = 1 << 20;

  private final ProgramUpgrades program;
  private final Settings settings;
  private final Clock clock;
  private final ReadOnlyObjectWrapper<UpgradeState> state =
      new ReadOnlyObjectWrapper<>(new UpgradeState.Unknown());

  /** Counts what was begun, so that an answer to something earlier is passed over. */
  private int begun;

  public Upgrades(ProgramUpgrades program, Settings settings, Clock clock) {
    this.program = program;
    this.settings = settings;
    this.clock = clock;
  }

  /** The version that runs. */
  public String version() {
    return program.version();
  }

  public ReadOnlyObjectProperty<UpgradeState> state() {
    return state.getReadOnlyProperty();
  }

  /** Whether it may be looked for unasked. */
  public boolean agreed() {
    return settings.flag(AGREED, false);
  }

  /** From now on it may, or may not. */
  public void agree(boolean yes) {
    settings.put(AGREED, yes);
    lookIfDue();
  }

  public ReleaseChannel channel() {
    return ReleaseChannel.of(settings.text(CHANNEL, "stable")).orElse(ReleaseChannel.STABLE);
  }

  /** From now on it is looked for there; what is known of the other is forgotten. */
  public void follow(ReleaseChannel channel) {
    settings.put(CHANNEL, channel.word());
    settings.remove(LOOKED);
    begun++;
    state.set(new UpgradeState.Unknown());
    lookIfDue();
  }

  /** Looks where that was agreed to, and not within the last day. */
  public void lookIfDue() {
    if (state.get() instanceof UpgradeState.Downloading
        || state.get() instanceof UpgradeState.Ready) {
      return; // what is downloaded must not be forgotten
    }
    var last = Instant.ofEpochSecond((long) settings.number(LOOKED, 0));
    var next = last.plus(EVERY);
    if (agreed() && (next.isBefore(clock.instant()) || last.isAfter(clock.instant()))) {
      look();
    }
  }

  /** Looks now. */
  public void look() {
    settings.put(LOOKED, (double) clock.instant().getEpochSecond());
    var wanted = channel();
    begin(new UpgradeState.Looking(), null, () -> new UpgradeState.Told(program.latest(wanted)));
  }

  /** Downloads the package of that version. */
  public void download(ReleaseOffer offer) {
    int mine = begun + 1;
    var shown = new long[1];
    begin(
        new UpgradeState.Downloading(offer, 0),
        offer,
        () -> {
          var pack =
              program.download(
                  offer,
                  bytes -> {
                    if (bytes - shown[0] >= STEP) {
                      shown[0] = bytes;
                      Platform.runLater(
                          () -> tell(mine, new UpgradeState.Downloading(offer, bytes)));
                    }
                  });
          return new UpgradeState.Ready(offer, pack);
        });
  }

  /** Hands the package to the installer of the system. */
  public void open(ReleaseOffer offer, DownloadedPackage pack) {
    var ready = new UpgradeState.Ready(offer, pack);
    begin(
        ready,
        offer,
        () -> {
          program.open(pack);
          return ready;
        });
  }

  private void begin(UpgradeState now, @Nullable ReleaseOffer offer, Supplier<UpgradeState> work) {
    int mine = ++begun;
    state.set(now);
    Thread.ofVirtual()
        .name("upgrade")
        .start(
            () -> {
              UpgradeState then;
              try {
                then = work.get();
              } catch (RuntimeException e) {
                then = new UpgradeState.Failed(fault(e), offer);
              }
              var last = then;
              Platform.runLater(() -> tell(mine, last));
            });
  }

  private static HiveException.Fault fault(RuntimeException e) {
    return e instanceof HiveException known
        ? known.fault()
        : HiveException.Fault.of(ErrorCode.DESKTOP, e.toString(), "Try again.");
  }

  private void tell(int number, UpgradeState now) {
    if (number == begun) {
      state.set(now);
    }
  }
}
