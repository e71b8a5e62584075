# Made by `make generate` from kubectl-chatcli/src/cli. Do not edit.
# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_chatcli_global_optspecs
    string join \n n/namespace= kubeconfig= context= cluster= user= s/server= token= as= as-group= as-uid= certificate-authority= client-certificate= client-key= tls-server-name= insecure-skip-tls-verify request-timeout= h/help V/version
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "status" -d 'See on one screen what is open, what waits for a vote, what is braked, and whether the operator is well'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "triage" -d 'Walk through the open incidents, the most urgent first, and decide'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "issues" -d 'List incidents, or tell the story of one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "issue" -d 'List incidents, or tell the story of one'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "scan" -d 'See everything that is wrong now, one line per cause'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "explain" -d 'Say why something is wrong, with the evidence'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "plan" -d 'Look at what would be changed to fix an incident'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "approve" -d 'Approve the change that an incident waits for'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "reject" -d 'Reject the change that an incident waits for'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "postmortem" -d 'Read the report of an incident'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_needs_command" -f -a "install" -d 'Install the operator into the cluster, or bring it up to this version'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand triage" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s l -l selector -d 'Only incidents with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `issue.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l open -d 'Only incidents that are not over'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -a "ack" -d 'Say that you are looking at it'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and not __fish_seen_subcommand_from ack snooze" -a "snooze" -d 'Hear nothing of it for a while'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issues; and __fish_seen_subcommand_from snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s l -l selector -d 'Only incidents with these labels' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s o -l output -d 'Form of the output' -r -f -a "wide\t'More columns'
json\t'The objects as JSON'
yaml\t'The objects as YAML'
name\t'Only `issue.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s A -l all-namespaces -d 'All namespaces'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l open -d 'Only incidents that are not over'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s w -l watch -d 'Go on and print every change'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -a "ack" -d 'Say that you are looking at it'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and not __fish_seen_subcommand_from ack snooze" -a "snooze" -d 'Hear nothing of it for a while'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand issue; and __fish_seen_subcommand_from snooze" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and not __fish_seen_subcommand_from preview" -f -a "preview" -d 'Show exactly what a plan changes, and what could go wrong'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand plan; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand reject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -s o -l output -d 'Form of the output' -r -f -a "md\t'Markdown, to paste into a ticket'
json\t'The object as JSON'
yaml\t'The object as YAML'
name\t'Only `postmortem.platform.chatcli.io/NAME`'"
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -s n -l namespace -d 'Namespace to work in' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l kubeconfig -d 'Kubeconfig file to use' -r -F
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l context -d 'Kubeconfig context to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l cluster -d 'Kubeconfig cluster to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l user -d 'Kubeconfig user to use' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l token -d 'Bearer token' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l as -d 'User to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l as-group -d 'Group to act as; may be repeated' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l as-uid -d 'UID to act as' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l certificate-authority -d 'File with the API server\'s certificate authority' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l client-certificate -d 'Client certificate file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l client-key -d 'Client key file' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l tls-server-name -d 'Name to expect in the server\'s certificate' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l request-timeout -d 'Give up on a request after this long, such as 5s or 2m; 0 waits for ever' -r
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand postmortem" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l image -d 'Image of the operator' -r
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand install" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate; insecure'
complete -c kubectl-chatcli -n "__fish_kubectl_chatcli_using_subcommand __complete" -s h -l help -d 'Print help (see more with \'--help\')'
