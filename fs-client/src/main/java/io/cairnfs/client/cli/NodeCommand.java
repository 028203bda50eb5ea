package io.cairnfs.client.cli;

import picocli.CommandLine.Command;

/** {@code cairn node}. */
@Command(
    name = "node",
    description = "Look after nodes.",
    subcommands = {NodeStartVerb.class, NodeStatusVerb.class, WorkersVerb.class, DrainVerb.class})
final class NodeCommand extends Noun {}
