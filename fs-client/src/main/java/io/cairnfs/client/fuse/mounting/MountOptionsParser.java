package io.cairnfs.client.fuse.mounting;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what follows {@code -o}, on top of options that hold already. Used once. */
final class MountOptionsParser {

  /** What mount(8) and fstab say to each other. */
  private static final Set<String> OF_NO_EFFECT =
      Set.of(
          "defaults",
          "auto",
          "noauto",
          "user",
          "nouser",
          "nofail",
          "_netdev",
          "relatime",
          "norelatime",
          "lazytime",
          "nolazytime");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d|)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([kKmM]?)");

  private String source;
  private final EnumSet<KernelFlag> flags = EnumSet.noneOf(KernelFlag.class);
  private boolean allowOther;
  private boolean defaultPermissions;
  private boolean localLocks;
  private Duration timeout;
  private int readers;
  private int readAhead;
  private long tidy;
  private Duration sweep;
  private long stripe;
  private Duration stripeAfter;

  MountOptionsParser(MountOptions base) {
    source = base.source();
    flags.addAll(base.kernelFlags());
    allowOther = base.allowOther();
    defaultPermissions = base.defaultPermissions();
    localLocks = base.localLocks();
    timeout = base.timeout();
    readers = base.readerThreads();
    readAhead = base.readAheadBytes();
    tidy = base.tidyBytesPerSecond();
    sweep = base.sweepInterval();
    stripe = base.stripeBytesPerSecond();
    stripeAfter = base.stripeAfter();
  }

  MountOptions parse(String options) {
    for (String option : options.split(",", -1)) {
      if (!option.isEmpty() && !takeFlag(option)) {
        take(option);
      }
    }
    return new MountOptions(
        source,
        flags,
        allowOther,
        defaultPermissions,
        localLocks,
        timeout,
        readers,
        readAhead,
        tidy,
        sweep,
        stripe,
        stripeAfter);
  }

  private boolean takeFlag(String option) {
    for (KernelFlag flag : KernelFlag.values()) {
      if (option.equals(flag.option())) {
        flags.add(flag);
        return true;
      }
      if (option.equals(flag.opposite())) {
        flags.remove(flag);
        return true;
      }
    }
    return false;
  }

  private void take(String option) {
    int equals = option.indexOf('=');
    String key = equals < 0 ? option : option.substring(0, equals + 1);
    String value = equals < 0 ? "" : option.substring(equals + 1);
    switch (key) {
      case "allow_other" -> allowOther = true;
      case "default_permissions" -> defaultPermissions = true;
      case "no_default_permissions" -> defaultPermissions = false;
      case "local_locks" -> localLocks = true;
      case "fsname=" -> source = value;
      case "timeout=" -> timeout = duration(option, value);
      case "readers=" -> readers = size(option, value);
      case "read_ahead=" -> readAhead = size(option, value);
      case "sweep=" -> sweep = value.equals("off") ? Duration.ZERO : duration(option, value);
      case "stripe=" -> stripe = value.equals("off") ? 0 : size(option, value);
      case "stripe_after=" -> stripeAfter = duration(option, value);
      case "tidy=" -> tidy = value.equals("off") ? 0 : size(option, value);
      default -> {
        if (!OF_NO_EFFECT.contains(option) && !option.startsWith("x-")) {
          throw new IllegalArgumentException("unknown mount option '" + option + "'");
        }
      }
    }
  }

  private static Duration duration(String option, String value) {
    Matcher matcher = match(DURATION, option, value);
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static int size(String option, String value) {
    Matcher matcher = match(SIZE, option, value);
    long unit =
        switch (matcher.group(2)) {
          case "k", "K" -> 1 << 10;
          case "m", "M" -> 1 << 20;
          default -> 1;
        };
    long bytes = Long.parseLong(matcher.group(1)) * unit;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("mount option '" + option + "' is too large");
    }
    return (int) bytes;
  }

  private static Matcher match(Pattern pattern, String option, String value) {
    Matcher matcher = pattern.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("mount option '" + option + "' has no valid value");
    }
    return matcher;
  }
}
