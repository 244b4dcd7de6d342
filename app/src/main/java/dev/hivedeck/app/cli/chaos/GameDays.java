package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.chaos.KeptGameDay.State;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Game days as they are kept, each in a file of its own in the workspace's data folder. */
record GameDays(Path folder) {
  /** Earlier ones are removed. */
  private static final int MOST = 200;

  private static final Pattern NAME = Pattern.compile("(\\d{1,9})\\.json");

  /** One that begins now. */
  KeptGameDay begin(String plan, ChaosReport report) {
    try {
      OwnerFiles.folder(folder);
      var numbers = numbers();
      for (int number : numbers.reversed().stream().skip(MOST - 1L).toList()) {
        Files.deleteIfExists(file(number));
      }
      int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
      while (!taken(number)) {
        number++;
      }
      var kept =
          new KeptGameDay(number, plan, State.RUNNING, ProcessHandle.current().pid(), report);
      keep(kept);
      return kept;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private boolean taken(int number) throws IOException {
    try {
      OwnerFiles.open(file(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
          .close();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false; // another began just now
    }
  }

  /** Writes it down as it is now. */
  void keep(KeptGameDay day) {
    try {
      Path next = folder.resolve(day.number() + ".new");
      OwnerFiles.write(next, Json.write(day));
      Files.move(
          next,
          file(day.number()),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private HiveException unwritable(IOException e) {
    return new HiveException(
        ErrorCode.HOME_UNWRITABLE,
        "What the game day measures cannot be kept in " + folder + ": " + e.getMessage(),
        "Make room, or give yourself the right to write there.",
        e);
  }

  private Path file(int number) {
    return folder.resolve(number + ".json");
  }

  /** All of them, the last one first. */
  List<ListedGameDay> all() {
    return begun().map(this::listed).toList();
  }

  private Stream<Integer> begun() {
    try {
      return numbers().reversed().stream()
          .filter(number -> file(number).toFile().length() > 0); // else it is begun just now
    } catch (IOException e) {
      throw unreadable(folder, String.valueOf(e.getMessage()), e);
    }
  }

  private ListedGameDay listed(int number) {
    try {
      return read(number);
    } catch (HiveException e) {
      return new ListedGameDay.Unreadable(
          number, ListedGameDay.State.UNREADABLE, file(number).toString(), e.fault().message());
    }
  }

  /** The last one; empty where there was none. */
  Optional<KeptGameDay> last() {
    return begun().findFirst().map(this::read);
  }

  private List<Integer> numbers() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .map(name -> Integer.parseInt(name.group(1)))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  /** One of them. */
  KeptGameDay one(String number) {
    if (!number.matches("\\d{1,9}") || !Files.exists(file(Integer.parseInt(number)))) {
      throw new HiveException(
          ErrorCode.NO_THING,
          "There is no game day " + number + ".",
          "hivedeck chaos list has those that there were.");
    }
    return read(Integer.parseInt(number));
  }

  private KeptGameDay read(int number) {
    try {
      var day = Json.read(Files.readString(file(number)), KeptGameDay.class);
      boolean goesOn =
          ProcessHandle.of(day.pid()).filter(ProcessHandle::isAlive).isPresent()
              || day.state() != State.RUNNING;
      return goesOn ? day : day.in(State.CUT_OFF);
    } catch (NoSuchFileException e) {
      throw new HiveException(
          ErrorCode.NO_THING, "The game day " + number + " was just removed.", "Ask again.");
    } catch (IOException e) {
      throw unreadable(file(number), String.valueOf(e.getMessage()), e);
    } catch (HiveException e) {
      throw unreadable(file(number), e.fault().message(), e);
    } catch (RuntimeException e) {
      throw unreadable(file(number), "it is no game day", e);
    }
  }

  private static HiveException unreadable(Path path, String why, Exception e) {
    return new HiveException(
        ErrorCode.LOG_UNREADABLE,
        "Game days cannot be read from " + path + ": " + why,
        "Give yourself the right to read it, or remove it.",
        e);
  }
}
