package io.cairnfs.client.cli;

import picocli.CommandLine.Command;

/** {@code cairn cluster}. */
@Command(
    name = "cluster",
    description = "Look after what a cluster must not lose.",
    subcommands = {BackupVerb.class, RestoreVerb.class})
final class ClusterCommand extends Noun {}
