# Made by `make generate` from kubectl-chatcli/src/cli. Do not edit.
# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_chatcli_global_optspecs
    string join \n plain n/namespace= kubeconfig= context= cluster= user= s/server= token= as= as-group= as-uid= certificate-authority= client-certificate= client-key= tls-server-name= insecure-skip-tls-verify request-timeout= h/help V/version
end

function __fish_kubectl_chatcli_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_chatcli_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_chatcli_using_subcommand
    set -l cmd (__fish_kubectl_chatcli_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "status" -d 'See on one screen what is open, what waits for a vote, what is braked, and whether the operator is well'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "triage" -d 'Walk through the open incidents, the most urgent first, and decide'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "issues" -d 'List incidents, or tell the story of one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "issue" -d 'List incidents, or tell the story of one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "scan" -d 'See everything that is wrong now, one line per cause'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "explain" -d 'Say why something is wrong, with the evidence'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "plan" -d 'Look at what would be changed to fix an incident, what was, and why or why not'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "plans" -d 'Look at what would be changed to fix an incident, what was, and why or why not'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "approvals" -d 'List what waits for a decision, or show one question in full'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "approval" -d 'List what waits for a decision, or show one question in full'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "approve" -d 'Approve the change that an incident waits for'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "reject" -d 'Reject the change that an incident waits for'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "pause" -d 'Stop all automation for a workload, a namespace or the cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "resume" -d 'Let automation go on, or reset the circuit breaker of a namespace'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "policy" -d 'See who is asked before anything is changed, and try it out'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "audit" -d 'See who decided what, and whether the record is whole'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "postmortem" -d 'Read the reports of incidents'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "postmortems" -d 'Read the reports of incidents'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "actions" -d 'List what a plan or Runbook may do, or describe one action'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "cost" -d 'See what models cost, by day, namespace and incident, and what is left of each budget'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "gate" -d 'Pass or fail a pipeline by the incidents of a namespace'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "wait" -d 'Wait until an incident, plan or approval request is in a state'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "runbook" -d 'Write, check and try procedures for incidents that come back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "runbooks" -d 'Write, check and try procedures for incidents that come back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "record" -d 'Keep everything an explanation is made from, in one file'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "replay" -d 'Explain a recording; asks no cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "doctor" -d 'Look whether the installation is sound, and say what to do where it is not'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "rbac" -d 'Look at the rights of the operator'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "tls" -d 'Make, look at, check and renew the certificates of ChatCLI servers'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "instance" -d 'ChatCLI servers: list them, see what one lacks, make one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "inst" -d 'ChatCLI servers: list them, see what one lacks, make one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "install" -d 'Install the operator into the cluster, or bring it up to this version'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "upgrade" -d 'Bring an installation up to this version, after showing what changes'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "uninstall" -d 'Remove the operator from the cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "version" -d 'Print the version of the plugin and of the operator in the cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "completion" -d 'Print the completion script for a shell'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "__complete" -d 'The words so far, as kubectl passes them on; the last one is being typed'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l snoozed -d 'Snoozed incidents as well'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s l -l selector -d 'Only incidents with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `issue.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l open -d 'Only incidents that are not over'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "ack" -d 'Say that you are looking at it'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "snooze" -d 'Hear nothing of it for a while'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "resolve" -d 'Say that it is dealt with'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "reopen" -d 'Keep it open, or open it again'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "split" -d 'Take a resource out of an incident it was folded into'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "merge" -d 'Put an incident into another one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from ack" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l for -d 'How long, e.g. 30m or 2h' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -s m -l note -d 'What was done, or why; it is part of the report' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -s m -l note -d 'What was done, or why; it is part of the report' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from reopen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l into -d 'Incident that goes on' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s l -l selector -d 'Only incidents with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `issue.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l open -d 'Only incidents that are not over'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "ack" -d 'Say that you are looking at it'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "snooze" -d 'Hear nothing of it for a while'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "resolve" -d 'Say that it is dealt with'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "reopen" -d 'Keep it open, or open it again'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "split" -d 'Take a resource out of an incident it was folded into'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze resolve reopen split merge" -a "merge" -d 'Put an incident into another one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from ack" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l for -d 'How long, e.g. 30m or 2h' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -s m -l note -d 'What was done, or why; it is part of the report' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -s m -l note -d 'What was done, or why; it is part of the report' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l undo -d 'Take it back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from reopen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from split" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l into -d 'Incident that goes on' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'Causes with all findings and receipts as JSON'
yaml\t'Causes with all findings and receipts as YAML'
name\t'Only KIND/NAME, as `explain` takes it'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -s A -l all-namespaces -d 'All namespaces, and every node'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l logs -d 'Also the last hour of the logs of workloads that look well: do they log more errors than before?'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l facts -d 'Show what the rules are told instead of what they say: everything read now, with your own rights, redacted'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l show-prompt -d 'Show exactly what left the cluster when a model was asked about this incident last, redacted as it left, and what came back'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l preview -d 'Then show what its first remedy would change, as `plan preview` does: sealed by the operator, or asked now with your own rights'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -f -a "list" -d 'List plans'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -f -a "show" -d 'Show where a plan stands: what each gate said, what was done, and how it went'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -f -a "preview" -d 'Show exactly what a plan changes, and what could go wrong'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from list show preview undo" -f -a "undo" -d 'Ask the operator to take back what a plan changed'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s l -l selector -d 'Only plans with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l open -d 'Only plans that have not ended'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s f -l filename -d 'A RemediationPlan or Runbook in a file; `-` reads stdin' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l target -d 'The object a Runbook would act on' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l live -d 'Ask the API server now, with your own rights, instead of showing what the operator sealed'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l timeout -d 'How long to wait until it is taken back; 0 does not wait' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l pause -d 'In a namespace that is `auto`: pause automation for the workload first, so that the fault is not repaired again'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -f -a "list" -d 'List plans'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -f -a "show" -d 'Show where a plan stands: what each gate said, what was done, and how it went'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -f -a "preview" -d 'Show exactly what a plan changes, and what could go wrong'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and not __fish_seen_subcommand_from list show preview undo" -f -a "undo" -d 'Ask the operator to take back what a plan changed'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s l -l selector -d 'Only plans with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l open -d 'Only plans that have not ended'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -s f -l filename -d 'A RemediationPlan or Runbook in a file; `-` reads stdin' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l target -d 'The object a Runbook would act on' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l live -d 'Ask the API server now, with your own rights, instead of showing what the operator sealed'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l timeout -d 'How long to wait until it is taken back; 0 does not wait' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l pause -d 'In a namespace that is `auto`: pause automation for the workload first, so that the fault is not repaired again'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plans; and __fish_seen_subcommand_from undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `approvalrequest.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l all -d 'Also those that are decided'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approvals" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `approvalrequest.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l all -d 'Also those that are decided'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l reason -d 'Why, for the record' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l digest -d 'Vote only if the preview still has this digest (at least 12 hex digits of it)' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l override-blocker -d 'Accept a blocking verdict by the name of its check; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l timeout -d 'How long to wait for the vote to be counted' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -s o -l output -d 'Form of the output' -r -f -a "json\t'The vote as JSON'
yaml\t'The vote as YAML'
name\t'Only `approvalvote.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l emergency -d 'Break-glass: decide alone, whatever quorum and change window say; takes the verb approve-emergency and --reason'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l reason -d 'Why, for the record' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l digest -d 'Vote only if the preview still has this digest (at least 12 hex digits of it)' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l override-blocker -d 'Accept a blocking verdict by the name of its check; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l timeout -d 'How long to wait for the vote to be counted' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s o -l output -d 'Form of the output' -r -f -a "json\t'The vote as JSON'
yaml\t'The vote as YAML'
name\t'Only `approvalvote.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l emergency -d 'Break-glass: decide alone, whatever quorum and change window say; takes the verb approve-emergency and --reason'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l operator-namespace -d 'Namespace of the operator, where the switch for the cluster is' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l reason -d 'Why, for whoever finds it' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -s A -l all-namespaces -d 'All namespaces: the whole cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l operator-namespace -d 'Namespace of the operator, where the switch for the cluster is' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -s A -l all-namespaces -d 'All namespaces: the whole cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l breaker -d 'Reset the circuit breaker of the namespace: takes the verb `pause` on issues there'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -f -a "list" -d 'List the policies that hold in a namespace: the cluster\'s and its own'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -f -a "lint" -d 'Check policies: every field, time zones, days, names'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -f -a "explain" -d 'Say why a plan ran, waits or did not run: every gate with its answer, reason and time'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and not __fish_seen_subcommand_from list lint explain test" -f -a "test" -d 'Say what the policies would ask for, without a plan'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l operator-namespace -d 'Namespace of the operator, whose policies hold everywhere' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l operator-namespace -d 'Namespace of the operator, whose policies hold everywhere' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l action -d 'Action of the plan; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l severity -d 'Severity of the incident' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l kind -d 'Kind of the object acted on' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -s l -l label -d 'Label of the object acted on, `key=value`; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l class -d 'Gravest class among the actions' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l autonomy -d 'Autonomy of the namespace' -r -f -a "observe\t'See and explain'
propose\t'Write plans and preview them; they cannot run'
approve\t'Run what was voted for. The shipped default'
auto\t'Run reversible steps with a clean preview; ask for the rest'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l confidence -d 'Confidence of the explanation, 0 to 1' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l success-rate -d 'Share of earlier plans of the same actions that helped, 0 to 1' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l radius -d 'Blast radius of the change' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l times-over -d 'How often the trouble of the object was over within 24 hours and has come back; from the third time on people are asked' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l at -d 'The moment, e.g. 2026-11-27T20:00:00-03:00; without it, now' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l operator-namespace -d 'Namespace of the operator, whose policies hold everywhere' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand policy; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -f -a "list" -d 'List what happened, oldest first'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and not __fish_seen_subcommand_from list verify" -f -a "verify" -d 'Check that no event was edited or taken away'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l type -d 'Only events of this class, e.g. approval_vote' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l about -d 'Only events about this object or incident' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l operator-namespace -d 'Namespace of the operator, where the heads are' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l log -d 'Compare with the exported log (CHATCLI_AUDIT_LOG_PATH) too; - reads standard input. May be given several times, for rotated files' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -s o -l output -d 'Form of the output' -r -f -a "md\t'Markdown, to paste into a ticket'
json\t'The object as JSON'
yaml\t'The object as YAML'
name\t'Only `postmortem.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -a "list" -d 'List reports, the newest first'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -a "show" -d 'Read one report'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and not __fish_seen_subcommand_from list show close" -a "close" -d 'Say that you are done with a report'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "md\t'Markdown, to paste into a ticket'
json\t'The object as JSON'
yaml\t'The object as YAML'
name\t'Only `postmortem.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -s m -l note -d 'What came of it' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -s o -l output -d 'Form of the output' -r -f -a "md\t'Markdown, to paste into a ticket'
json\t'The object as JSON'
yaml\t'The object as YAML'
name\t'Only `postmortem.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -a "list" -d 'List reports, the newest first'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -a "show" -d 'Read one report'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and not __fish_seen_subcommand_from list show close" -a "close" -d 'Say that you are done with a report'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "md\t'Markdown, to paste into a ticket'
json\t'The object as JSON'
yaml\t'The object as YAML'
name\t'Only `postmortem.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -s m -l note -d 'What came of it' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortems; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -s o -l output -d 'Form of the output' -r -f -a "json\t'As JSON'
yaml\t'As YAML'
name\t'Only the names'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand actions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l days -d 'Days shown' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l operator-namespace -d 'Namespace of the operator, where the ledger is' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand cost" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l max-severity -d 'Gravest severity that still passes' -r -f -a "none\t'Every incident fails'
low\t'Medium and above fail'
medium\t'High and above fail'
high\t'Only critical fails'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l since -d 'Only incidents that opened, or came back, within this time' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l for -d 'Keep looking this long before passing' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l object -d 'Only incidents about this object; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l operator-namespace -d 'Namespace of the operator, which must be watching' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -s o -l output -d 'Form of the output' -r -f -a "json\t'One JSON object'
junit\t'JUnit XML, for the test report of a pipeline'
sarif\t'SARIF 2.1.0, for code scanning'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l report -d 'Write the output to this file, and say on stdout only how it ended' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand gate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l for -d 'What to wait for: state=NAME[,NAME…], condition=TYPE[=STATUS], or delete' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l timeout -d 'How long to wait' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "list" -d 'List runbooks'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "show" -d 'Show when a runbook applies and what each of its steps does'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "scaffold" -d 'Write a runbook to start from: for an incident, from a plan that worked, or by action'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "lint" -d 'Find what keeps runbooks from working, before an incident does'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "test" -d 'Prove offline that a runbook fires and what it changes'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l action -d 'Action of the one step, by name; see `kubectl chatcli actions`' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l param -d 'Parameter of the action; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l kind -d 'Kind it is for' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l signal -d 'Signal that triggers it; `*` for any' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l severity -d 'Severity that triggers it' -r -f -a "critical\t''
high\t''
medium\t''
low\t''"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l name -d 'Name of the runbook' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l fixture -d 'Also write what `runbook test` needs to this file' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from scaffold" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -s f -l filename -d 'File with Runbooks, and ApprovalPolicies to hold them against; may be repeated; asks no cluster' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -s f -l filename -d 'File with one Runbook' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l fixture -d 'The fixture' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l accept -d 'Write what it does now into the fixture as what is expected'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbook; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "list" -d 'List runbooks'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "show" -d 'Show when a runbook applies and what each of its steps does'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "scaffold" -d 'Write a runbook to start from: for an incident, from a plan that worked, or by action'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "lint" -d 'Find what keeps runbooks from working, before an incident does'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and not __fish_seen_subcommand_from list show scaffold lint test" -f -a "test" -d 'Prove offline that a runbook fires and what it changes'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `KIND.GROUP/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l action -d 'Action of the one step, by name; see `kubectl chatcli actions`' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l param -d 'Parameter of the action; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l kind -d 'Kind it is for' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l signal -d 'Signal that triggers it; `*` for any' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l severity -d 'Severity that triggers it' -r -f -a "critical\t''
high\t''
medium\t''
low\t''"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l name -d 'Name of the runbook' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l fixture -d 'Also write what `runbook test` needs to this file' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from scaffold" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -s f -l filename -d 'File with Runbooks, and ApprovalPolicies to hold them against; may be repeated; asks no cluster' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -s f -l filename -d 'File with one Runbook' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l fixture -d 'The fixture' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l accept -d 'Write what it does now into the fixture as what is expected'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand runbooks; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l file -d 'Write to this file instead of stdout' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l fix -d 'Put back what is missing or changed of kinds, rights and admission policies, after showing it'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -s y -l yes -d 'With --fix: do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and not __fish_seen_subcommand_from lint" -f -a "lint" -d 'Name the rights the operator lacks, and those it has and does not need'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -s A -l all-namespaces -d 'Also name the rights of every namespace, not only of the one given by -n'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand rbac; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -f -a "generate" -d 'Make a certificate authority and a certificate for a server, as a Secret'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -f -a "inspect" -d 'Show what a TLS Secret holds; never its key'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -f -a "check" -d 'Say why a TLS handshake fails, or that it will not'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and not __fish_seen_subcommand_from generate inspect check rotate" -f -a "rotate" -d 'Replace the certificate in a Secret'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l service -d 'Service in the namespace whose names to include; without it, the Services of the Instances that use the Secret. May be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l address -d 'Further DNS name or IP address, such as an Ingress host; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l cluster-domain -d 'DNS domain of the cluster' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l key -d 'Kind of private key' -r -f -a "ecdsa\t'ECDSA on P-256'
rsa\t'RSA with 2048 bits, for old clients'
rsa4096\t'RSA with 4096 bits'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l valid-for -d 'How long it is valid: days as 365d, or hours as 720h; at most 825d' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -s o -l output -d 'With --dry-run=client: the Secret, private key included, in this form' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l rotate -d 'Replace the certificate where the Secret exists; the old authority stays trusted until it expires'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l service -d 'Service in the namespace whose names to include; without it, the Services of the Instances that use the Secret. May be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l address -d 'Further DNS name or IP address, such as an Ingress host; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l cluster-domain -d 'DNS domain of the cluster' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l connect -d 'Also make a handshake with the server at this address, asking for the first name' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l operator-namespace -d 'Namespace of the operator, which has to read the Secret' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l timeout -d 'How long to wait for the server at --connect' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l service -d 'Service in the namespace whose names to include; without it, the Services of the Instances that use the Secret. May be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l address -d 'Further DNS name or IP address, such as an Ingress host; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l cluster-domain -d 'DNS domain of the cluster' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l key -d 'Kind of private key' -r -f -a "ecdsa\t'ECDSA on P-256'
rsa\t'RSA with 2048 bits, for old clients'
rsa4096\t'RSA with 4096 bits'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l valid-for -d 'How long it is valid: days as 365d, or hours as 720h; at most 825d' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l restart -d 'Restart the workloads that use the Secret'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand tls; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -f -a "list" -d 'List ChatCLI servers, of both kinds'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -f -a "ls" -d 'List ChatCLI servers, of both kinds'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -f -a "show" -d 'Show a ChatCLI server, and what it lacks'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -f -a "create" -d 'Make a ChatCLI server'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and not __fish_seen_subcommand_from list ls show create grant" -f -a "grant" -d 'Print what an administrator has to allow for a ChatCLI server'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `instance.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `instance.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l provider -d 'Model provider, such as CLAUDEAI, OPENAI or OLLAMA; asked for at a terminal' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l model -d 'Model' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l api-keys -d 'Secret with the provider\'s keys' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l tls -d 'Secret with tls.crt, tls.key and ca.crt; without it the server speaks plain text' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l server-token -d 'Secret with the token that callers present, and its key unless that is `token`' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l replicas -d 'Server pods' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l sessions -d 'Keep sessions in a volume of this size, such as 1Gi' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l watch -d 'Workload that the server watches; repeatable' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -s o -l output -d 'With --dry-run=client: the form of what would be created' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand instance; and __fish_seen_subcommand_from grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -f -a "list" -d 'List ChatCLI servers, of both kinds'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -f -a "ls" -d 'List ChatCLI servers, of both kinds'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -f -a "show" -d 'Show a ChatCLI server, and what it lacks'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -f -a "create" -d 'Make a ChatCLI server'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and not __fish_seen_subcommand_from list ls show create grant" -f -a "grant" -d 'Print what an administrator has to allow for a ChatCLI server'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `instance.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `instance.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l provider -d 'Model provider, such as CLAUDEAI, OPENAI or OLLAMA; asked for at a terminal' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l model -d 'Model' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l api-keys -d 'Secret with the provider\'s keys' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l tls -d 'Secret with tls.crt, tls.key and ca.crt; without it the server speaks plain text' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l server-token -d 'Secret with the token that callers present, and its key unless that is `token`' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l replicas -d 'Server pods' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l sessions -d 'Keep sessions in a volume of this size, such as 1Gi' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l watch -d 'Workload that the server watches; repeatable' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -s o -l output -d 'With --dry-run=client: the form of what would be created' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand inst; and __fish_seen_subcommand_from grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l image -d 'Image of the operator, as --set image=IMAGE' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l set -d 'Choose a value, such as replicas=2; may be repeated, and wins over files' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s f -l values -d 'Choose the values in a YAML file, `-` for stdin; may be repeated, the later file wins' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l autonomy -d 'What the operator may do by itself, in the namespace given by -n or everywhere (--all-namespaces)' -r -f -a "observe\t'See and explain'
propose\t'Write plans and preview them; they cannot run'
approve\t'Run what was voted for. The shipped default'
auto\t'Run reversible steps with a clean preview; ask for the rest'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l operator-user -d 'The operator runs outside the cluster as this user: no Deployment is applied' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s o -l output -d 'With --dry-run=client: the manifests in this form' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l timeout -d 'How long to wait until the operator is ready; 0 does not wait' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s A -l all-namespaces -d 'Make --autonomy the cluster\'s default'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l take-over -d 'Stop another operator of these kinds that is running here, and take its place'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l image -d 'Image of the operator, as --set image=IMAGE' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l set -d 'Choose a value, such as replicas=2; may be repeated, and wins over files' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -s f -l values -d 'Choose the values in a YAML file, `-` for stdin; may be repeated, the later file wins' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l timeout -d 'How long to wait until the operator is ready; 0 does not wait' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand upgrade" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l operator-namespace -d 'Namespace of the operator' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l dry-run -d 'Where to stop' -r -f -a "none\t'Do it'
client\t'Print what would be sent; send nothing'
server\t'Send it, and let the API server check it without storing'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l purge -d 'Also remove the CRDs, and with them every incident, plan, vote and report'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -s y -l yes -d 'Do not ask'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -s o -l output -d 'Form of the output' -r -f -a "json\t'The object as JSON'
yaml\t'The object as YAML'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l client -d 'Only the plugin\'s version; asks no cluster'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l plain -d 'No colour, no progress, no symbols: for screen readers and logs'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -s h -l help -d 'Print help (see more with \'--help\')'
