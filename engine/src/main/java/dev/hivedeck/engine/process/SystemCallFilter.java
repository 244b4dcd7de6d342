package dev.hivedeck.engine.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the kernel's keys from what runs in a sandbox: no namespace stands between it and those of
 * the user's session, where logins and file systems leave secrets. Its calls fail as on a kernel
 * that has none.
 *
 * <p>It is a program of the kernel's packet filter, which sees the number of each system call
 * (seccomp(2), the kernel's {@code seccomp_filter.rst}).
 */
final class SystemCallFilter {
  /**
   * One, and its number of {@code add_key}; {@code request_key} and {@code keyctl} follow it.
   *
   * @param audit as in the kernel's {@code audit.h}
   */
  private record Architecture(int audit, int addKey) {}

  private static final List<Architecture> ARCHITECTURES =
      List.of(
          new Architecture(0xC000003E, 248), // x86_64
          new Architecture(0x40000003, 286), // i386, which a program of x86_64 can call, too
          new Architecture(0xC00000B7, 217), // aarch64
          new Architecture(0x40000028, 309), // arm
          new Architecture(0xC00000F3, 217), // riscv64
          new Architecture(0xC0000015, 269), // ppc64le
          new Architecture(0x80000016, 278)); // s390x

  /** In the number of a call by the x32 interface of x86_64, which has the same numbers else. */
  private static final int X32 = 0x4000_0000;

  private static final int LOAD = 0x20;
  private static final int AND = 0x54;
  private static final int IF_EQUAL = 0x15;
  private static final int IF_GREATER = 0x25;
  private static final int IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;

  /** Where the kernel puts the number of the call, and the architecture. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;

  private static final int ALLOW = 0x7FFF_0000;
  private static final int NO_SUCH_CALL = 0x0005_0000 | 38; // ENOSYS

  /** The file is gone before the program has begun. */
  private static final String HANDED = "exec 9<\"$1\" && rm -f \"$1\" && shift && exec \"$@\"";

  private SystemCallFilter() {}

  private record Instruction(int code, int ifSo, int ifNot, int value) {}

  /** The same call of bubblewrap, with the filter. */
  static List<String> handed(List<String> bubblewrap) {
    try {
      Path file = Files.createTempFile("hivedeck-calls", null);
      Files.write(file, program());
      var words = new ArrayList<>(List.of("/bin/sh", "-c", HANDED, "sh", file.toString()));
      words.add(bubblewrap.getFirst());
      words.addAll(List.of("--seccomp", "9"));
      words.addAll(bubblewrap.subList(1, bubblewrap.size()));
      return List.copyOf(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] program() {
    var all = new ArrayList<Instruction>();
    all.add(new Instruction(LOAD, 0, 0, ARCHITECTURE));
    for (var architecture : ARCHITECTURES) {
      all.add(new Instruction(IF_EQUAL, 0, 6, architecture.audit()));
      all.add(new Instruction(LOAD, 0, 0, NUMBER));
      all.add(new Instruction(AND, 0, 0, ~X32));
      all.add(new Instruction(IF_AT_LEAST, 0, 1, architecture.addKey()));
      all.add(new Instruction(IF_GREATER, 0, 1, architecture.addKey() + 2));
      all.add(new Instruction(RETURN, 0, 0, ALLOW));
      all.add(new Instruction(RETURN, 0, 0, NO_SUCH_CALL));
    }
    all.add(new Instruction(RETURN, 0, 0, ALLOW));
    var bytes = ByteBuffer.allocate(all.size() * Long.BYTES).order(ByteOrder.nativeOrder());
    for (var one : all) {
      bytes.putShort((short) one.code());
      bytes.put((byte) one.ifSo()).put((byte) one.ifNot());
      bytes.putInt(one.value());
    }
    return bytes.array();
  }
}
