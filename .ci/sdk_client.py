"""Drives a local workspace with the published clients: every operation, both versions, paging, errors.

Each kind of resource that the workspace has is created, listed, read, updated and deleted (`every_kind`); the other parts
look closer at what is particular to one.
"""

import sys
import time
from datetime import datetime, timedelta, timezone

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.monitor.query import LogsQueryClient, LogsQueryStatus
from azure.mgmt.securityinsight import SecurityInsightsMgmtClient, models

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
WORKSPACE = ("group", "local")
STABLE, PREVIEW = "2025-09-01", "2025-10-01-preview"


class Credential:
    """A token that means nothing; the clients want one."""

    def get_token(self, *scopes, **options):
        return AccessToken("local", int(time.time()) + 3600)


class Bearer(SansIOHTTPPolicy):
    """Sends the token over plain HTTP, which the clients' own policy refuses to do."""

    def on_request(self, request):
        request.http_request.headers["Authorization"] = "Bearer local"


def connect(endpoint, client, **options):
    return client(Credential(), SUBSCRIPTION, base_url=endpoint, authentication_policy=Bearer(), **options)


def scheduled(**changes):
    properties = {
        "display_name": "Connection to a remote management service",
        "enabled": True,
        "query": "DeviceNetworkEvents",
        "query_frequency": "PT1H",
        "query_period": "PT1H",
        "severity": "Medium",
        "trigger_operator": "GreaterThan",
        "trigger_threshold": 0,
        "suppression_duration": "PT5H",
        "suppression_enabled": False,
        "tactics": ["CommandAndControl"],
        "techniques": ["T1219"],
        **changes,
    }
    # The client leaves the kind out unless it is given.
    return models.ScheduledAlertRule(kind="Scheduled", properties=models.ScheduledAlertRuleProperties(**properties))


def near_real_time():
    properties = models.NrtAlertRuleProperties(
        display_name="A service was installed",
        enabled=True,
        query="SecurityEvent",
        severity="High",
        suppression_duration="PT5H",
        suppression_enabled=False,
    )
    return models.NrtAlertRule(kind="NRT", properties=properties)


def refused(error, status, text, call):
    try:
        call()
    except error as refusal:
        assert refusal.status_code == status, refusal
        assert text in refusal.message, refusal.message
    else:
        raise AssertionError(f"{text!r} was expected")


def rules(endpoint):
    stable = connect(endpoint, SecurityInsightsMgmtClient, api_version=STABLE).alert_rules
    preview = connect(endpoint, SecurityInsightsMgmtClient, api_version=PREVIEW).alert_rules
    full = scheduled(
        sub_techniques=["T1219.001"],
        custom_details={"Tool": "InitiatingProcessFileName"},
        entity_mappings=[
            models.EntityMapping(
                entity_type="Host",
                field_mappings=[models.FieldMapping(identifier="HostName", column_name="DeviceName")],
            )
        ],
        alert_details_override=models.AlertDetailsOverride(alert_display_name_format="{{Tool}}"),
        event_grouping_settings=models.EventGroupingSettings(aggregation_kind="AlertPerResult"),
        incident_configuration=models.IncidentConfiguration(
            create_incident=True,
            grouping_configuration=models.GroupingConfiguration(
                enabled=True, reopen_closed_incident=False, lookback_duration="PT24H", matching_method="AnyAlert"
            ),
        ),
    )
    written = preview.create_or_update(*WORKSPACE, "full", full)
    read = preview.get(*WORKSPACE, "full")
    assert read.as_dict() == written.as_dict()
    assert isinstance(read, models.ScheduledAlertRule), type(read)
    properties = read.properties
    assert properties.sub_techniques == ["T1219.001"] and properties.custom_details == {"Tool": "InitiatingProcessFileName"}
    assert properties.entity_mappings[0].field_mappings[0].column_name == "DeviceName"
    lookback = properties.incident_configuration.grouping_configuration.lookback_duration
    assert lookback.total_seconds() == 86400, lookback
    assert properties.last_modified_utc.year >= 2026

    assert preview.create_or_update(*WORKSPACE, "nrt", near_real_time()).kind == "NRT"
    refused(HttpResponseError, 400, "'NRT' is not supported", lambda: stable.create_or_update(*WORKSPACE, "nrt2", near_real_time()))
    for number in range(105):
        stable.create_or_update(*WORKSPACE, f"rule{number:03}", scheduled())
    stable_names = [rule.name for rule in stable.list(*WORKSPACE)]
    preview_names = [rule.name for rule in preview.list(*WORKSPACE)]
    assert stable_names == ["full"] + [f"rule{number:03}" for number in range(105)], stable_names
    assert sorted(preview_names) == sorted(stable_names + ["nrt"]), "all pages, and the kind that is preview"

    refused(ResourceExistsError, 409, "Newer instance of rule", lambda: stable.create_or_update(*WORKSPACE, "rule000", scheduled()))
    update = scheduled(severity="Low")
    update.etag = stable.get(*WORKSPACE, "rule000").etag
    assert stable.create_or_update(*WORKSPACE, "rule000", update).properties.severity == "Low"
    wrong = scheduled(techniques=["T1078"])
    refused(HttpResponseError, 400, "No valid tactic", lambda: stable.create_or_update(*WORKSPACE, "wrong", wrong))
    stable.delete(*WORKSPACE, "rule000")
    stable.delete(*WORKSPACE, "rule000")
    refused(ResourceNotFoundError, 404, "(NotFound)", lambda: stable.get(*WORKSPACE, "rule000"))
    refused(ResourceExistsError, 409, "recently deleted", lambda: stable.create_or_update(*WORKSPACE, "rule000", scheduled()))


def metadata(endpoint):
    for version in (STABLE, PREVIEW):
        client = connect(endpoint, SecurityInsightsMgmtClient, api_version=version)
        name = f"picket-{version}"
        source = models.MetadataSource(kind="SourceRepository", name="picket", source_id="project")
        properties = models.MetadataProperties(parent_id="/subscriptions/x", kind="AnalyticsRule", version="1.0.0", source=source)
        written = client.metadata.create(*WORKSPACE, name, models.MetadataModel(properties=properties))
        assert client.metadata.get(*WORKSPACE, name).as_dict() == written.as_dict()
        assert [item.name for item in client.metadata.list(*WORKSPACE, filter=f"name eq '{name}'")] == [name]
        patch = models.MetadataPatch(properties=models.MetadataPropertiesPatch(version="1.0.1"))
        assert client.metadata.update(*WORKSPACE, name, patch).properties.version == "1.0.1"
        client.metadata.delete(*WORKSPACE, name)
        refused(ResourceNotFoundError, 404, "(NotFound)", lambda: client.metadata.get(*WORKSPACE, name))
        assert [state.name for state in client.sentinel_onboarding_states.list(*WORKSPACE).value] == ["default"]
        state = client.sentinel_onboarding_states.get(*WORKSPACE, "default")
        assert state.name == "default" and not state.properties.customer_managed_key


def watchlists(endpoint):
    for version in (STABLE, PREVIEW):
        client = connect(endpoint, SecurityInsightsMgmtClient, api_version=version, polling_interval=0)
        alias = f"Assets-{version}"
        properties = models.WatchlistProperties(
            display_name="High value assets",
            provider="Microsoft",
            source="assets.csv",
            source_type="Local",
            items_search_key="Host",
            content_type="text/csv",
            number_of_lines_to_skip=0,
            raw_content="Host,Owner\n" + "".join(f"srv{number},Ann\n" for number in range(150)),
            labels=["soc"],
            default_duration="P90D",
        )
        written = client.watchlists.begin_create_or_update(*WORKSPACE, alias, models.Watchlist(properties=properties)).result()
        assert written.properties.raw_content is None and written.properties.provisioning_state == "Succeeded"
        read = client.watchlists.get(*WORKSPACE, alias)
        assert read.properties.default_duration.days == 90 and read.properties.labels == ["soc"]
        items = list(client.watchlist_items.list(*WORKSPACE, alias))
        assert len(items) == 150, len(items)
        item = client.watchlist_items.get(*WORKSPACE, alias, items[0].name)
        assert item.properties.items_key_value["Owner"] == "Ann", item
        changed = models.WatchlistItem(properties=models.WatchlistItemProperties(items_key_value={"Host": "new", "Owner": "Bo"}))
        client.watchlist_items.create_or_update(*WORKSPACE, alias, items[0].name, changed)
        assert client.watchlist_items.get(*WORKSPACE, alias, items[0].name).properties.items_key_value["Host"] == "new"
        client.watchlist_items.delete(*WORKSPACE, alias, items[0].name)
        properties.raw_content = "Host,Owner\nsrv1,Ann\nother,\n"
        client.watchlists.begin_create_or_update(*WORKSPACE, alias, models.Watchlist(properties=properties)).result()
        assert len(list(client.watchlist_items.list(*WORKSPACE, alias))) == 150, "one went, one came"
        assert [item.name for item in client.watchlists.list(*WORKSPACE)] == [alias]
        client.watchlists.begin_delete(*WORKSPACE, alias).result()
        refused(ResourceNotFoundError, 404, alias, lambda: client.watchlists.get(*WORKSPACE, alias))


def automation_rules(endpoint):
    for version in (STABLE, PREVIEW):
        client = connect(endpoint, SecurityInsightsMgmtClient, api_version=version).automation_rules
        logic = models.AutomationRuleTriggeringLogic(is_enabled=True, triggers_on="Incidents", triggers_when="Created")
        close = models.AutomationRuleModifyPropertiesAction(
            order=1,
            action_type="ModifyProperties",
            action_configuration=models.IncidentPropertiesAction(status="Closed", classification="Undetermined"),
        )
        properties = models.AutomationRuleProperties(
            display_name="Close incidents of tests", order=1, triggering_logic=logic, actions=[close]
        )
        name = f"close-{version}"
        written = client.create_or_update(*WORKSPACE, name, models.AutomationRule(properties=properties))
        assert written.properties.actions[0].action_configuration.status == "Closed", written
        properties.order = 2
        client.create_or_update(*WORKSPACE, name, models.AutomationRule(properties=properties))
        assert client.get(*WORKSPACE, name).properties.order == 2
        assert [rule.name for rule in client.list(*WORKSPACE)] == [name]
        client.delete(*WORKSPACE, name)
        refused(ResourceNotFoundError, 404, name, lambda: client.get(*WORKSPACE, name))


def service_rules(endpoint):
    client = connect(endpoint, SecurityInsightsMgmtClient, api_version=PREVIEW).alert_rules
    template = "f71aba3d-28fb-450b-b192-4e76a83015c8"
    rules = {
        "fusion": models.FusionAlertRule(
            kind="Fusion", properties=models.FusionAlertRuleProperties(alert_rule_template_name=template, enabled=True)
        ),
        "ti": models.ThreatIntelligenceAlertRule(
            kind="ThreatIntelligence",
            properties=models.ThreatIntelligenceAlertRuleProperties(alert_rule_template_name=template, enabled=True),
        ),
        "ml": models.MLBehaviorAnalyticsAlertRule(
            kind="MLBehaviorAnalytics",
            properties=models.MLBehaviorAnalyticsAlertRuleProperties(alert_rule_template_name=template, enabled=True),
        ),
        "incidents": models.MicrosoftSecurityIncidentCreationAlertRule(
            kind="MicrosoftSecurityIncidentCreation",
            properties=models.MicrosoftSecurityIncidentCreationAlertRuleProperties(
                display_name="Incidents", enabled=True, product_filter="Azure Security Center"
            ),
        ),
    }
    for name, rule in rules.items():
        written = client.create_or_update(*WORKSPACE, name, rule)
        rule.properties.enabled, rule.etag = False, written.etag
        client.create_or_update(*WORKSPACE, name, rule)
        read = client.get(*WORKSPACE, name)
        assert type(read) is type(rule) and read.properties.enabled is False, read
        assert name in [rule.name for rule in client.list(*WORKSPACE)]
        client.delete(*WORKSPACE, name)


def saved_searches(endpoint):
    client = connect(endpoint, LogAnalyticsManagementClient)
    assert client.workspaces.get(*WORKSPACE).provisioning_state == "Succeeded"
    for name in [table.name for table in client.tables.list_by_workspace(*WORKSPACE)][:3]:
        assert client.tables.get(*WORKSPACE, name).name == name
    assert list(client.tables.list_by_workspace(*WORKSPACE)) == [], "where no query is run, any table is there"
    searches = client.saved_searches
    body = {
        "properties": {
            "category": "Hunting Queries",
            "displayName": "Remote management tools",
            "query": "DeviceNetworkEvents",
            "tags": [{"name": "tactics", "value": "CommandAndControl"}],
        }
    }
    written = searches.create_or_update(*WORKSPACE, "hunt", body)
    assert written.properties.version == 2 and written.properties.tags[0].value == "CommandAndControl"
    refused(ResourceExistsError, 409, "Customer Configuration Store", lambda: searches.create_or_update(*WORKSPACE, "hunt", body))
    searches.create_or_update(*WORKSPACE, "hunt", {**body, "etag": "*"})
    assert [search.name for search in searches.list_by_workspace(*WORKSPACE).value] == ["hunt"]
    assert searches.get(*WORKSPACE, "hunt").properties.display_name == "Remote management tools"
    function = {**body["properties"], "category": "Function", "functionAlias": "Tools", "functionParameters": "since:timespan=1d"}
    searches.create_or_update(*WORKSPACE, "Tools", {"properties": function})
    assert searches.get(*WORKSPACE, "Tools").properties.function_parameters == "since:timespan=1d"
    searches.delete(*WORKSPACE, "Tools")
    searches.delete(*WORKSPACE, "hunt")
    refused(ResourceNotFoundError, 404, "hunt", lambda: searches.get(*WORKSPACE, "hunt"))


def life(kind, name, body, change, create, read, names, delete):
    """Creates, lists, reads, updates and deletes one resource; `change` makes `body` another and answers what to look for."""
    assert name not in names(), kind
    create(body)
    assert name in names(), kind
    assert read().name.lower() == name.lower(), kind
    look, wanted = change(body)
    assert look(read()) != wanted, (kind, "would change nothing")
    body_etag(body, read())
    create(body)
    assert look(read()) == wanted, (kind, read())
    delete()
    assert name not in names(), kind
    refused(ResourceNotFoundError, 404, "", read)
    return kind


def body_etag(body, read):
    """Concurrency is by the etag in the body. Saved searches want any, and items and metadata none."""
    if isinstance(body, dict):
        body["etag"] = "*"
    elif getattr(read, "etag", None) and not isinstance(body, (models.WatchlistItem, models.MetadataModel)):
        body.etag = read.etag


def flipped(body):
    body.properties.enabled = not body.properties.enabled
    return (lambda read: read.properties.enabled), body.properties.enabled


def changed(name, wanted):
    def change(body):
        setattr(body.properties, name, wanted)
        return (lambda read: getattr(read.properties, name)), wanted

    return change


def rule_kinds(version):
    template = "f71aba3d-28fb-450b-b192-4e76a83015c8"

    def of_template(kind, rule, properties):
        return rule(kind=kind, properties=properties(alert_rule_template_name=template, enabled=True))

    incidents = models.MicrosoftSecurityIncidentCreationAlertRuleProperties(
        display_name="Incidents", enabled=True, product_filter="Azure Security Center"
    )
    kinds = {
        "Scheduled": scheduled(),
        "Fusion": of_template("Fusion", models.FusionAlertRule, models.FusionAlertRuleProperties),
        "MicrosoftSecurityIncidentCreation": models.MicrosoftSecurityIncidentCreationAlertRule(
            kind="MicrosoftSecurityIncidentCreation", properties=incidents
        ),
    }
    if version == PREVIEW:
        kinds["NRT"] = near_real_time()
        kinds["ThreatIntelligence"] = of_template(
            "ThreatIntelligence", models.ThreatIntelligenceAlertRule, models.ThreatIntelligenceAlertRuleProperties
        )
        kinds["MLBehaviorAnalytics"] = of_template(
            "MLBehaviorAnalytics", models.MLBehaviorAnalyticsAlertRule, models.MLBehaviorAnalyticsAlertRuleProperties
        )
    return kinds


def every_kind(endpoint):
    lived = set()
    for version in (STABLE, PREVIEW):
        client = connect(endpoint, SecurityInsightsMgmtClient, api_version=version, polling_interval=0)

        def of(group, name, kind, body, change, *above):
            create = getattr(group, "create_or_update", None) or getattr(group, "create", None)
            begins = getattr(group, "begin_create_or_update", None)
            ends = getattr(group, "begin_delete", None)
            at = (*WORKSPACE, *above, name)
            lived.add(
                life(
                    kind,
                    name,
                    body,
                    change,
                    lambda body: begins(*at, body).result() if begins else create(*at, body),
                    lambda: group.get(*at),
                    lambda: [item.name for item in group.list(*WORKSPACE, *above)],
                    lambda: ends(*at).result() if ends else group.delete(*at),
                )
            )

        for kind, rule in rule_kinds(version).items():
            of(client.alert_rules, f"life-{kind}-{version}", kind, rule, flipped)
        logic = models.AutomationRuleTriggeringLogic(is_enabled=True, triggers_on="Incidents", triggers_when="Created")
        task = models.AutomationRuleAddIncidentTaskAction(
            order=1,
            action_type="AddIncidentTask",
            action_configuration=models.AddIncidentTaskActionProperties(title="Tell the team"),
        )
        rule = models.AutomationRule(
            properties=models.AutomationRuleProperties(display_name="Tell", order=5, triggering_logic=logic, actions=[task])
        )
        of(client.automation_rules, f"life-{version}", "automation rule", rule, changed("order", 7))
        source = models.MetadataSource(kind="SourceRepository", name="picket", source_id="project")
        record = models.MetadataModel(
            properties=models.MetadataProperties(parent_id="/subscriptions/x", kind="AnalyticsRule", version="1.0.0", source=source)
        )
        of(client.metadata, f"life-{version}", "metadata", record, changed("version", "2.0.0"))

        def watchlist():
            return models.Watchlist(
                properties=models.WatchlistProperties(
                    display_name="Assets",
                    provider="Microsoft",
                    source="assets.csv",
                    source_type="Local",
                    items_search_key="Host",
                    content_type="text/csv",
                    number_of_lines_to_skip=0,
                    raw_content="Host,Owner\nsrv1,Ann\n",
                )
            )

        of(client.watchlists, f"Life-{version}", "watchlist", watchlist(), changed("description", "Servers that matter"))
        holder = f"Holder-{version}"
        client.watchlists.begin_create_or_update(*WORKSPACE, holder, watchlist()).result()
        item = models.WatchlistItem(properties=models.WatchlistItemProperties(items_key_value={"Host": "srv2", "Owner": "Bo"}))
        other = {"Host": "srv2", "Owner": "Cy"}
        name = "2f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40"
        of(client.watchlist_items, name, "watchlist item", item, changed("items_key_value", other), holder)
        client.watchlists.begin_delete(*WORKSPACE, holder).result()

    searches = connect(endpoint, LogAnalyticsManagementClient).saved_searches

    def search(**properties):
        return {"properties": {"displayName": "Tools", "query": "DeviceNetworkEvents", **properties}}

    def other_query(body):
        body["properties"]["query"] = "DeviceEvents"
        return (lambda read: read.properties.query), "DeviceEvents"

    for kind, body in {
        "hunting query": search(category="Hunting Queries", tags=[{"name": "tactics", "value": "Impact"}]),
        "function": search(category="Function", functionAlias="Tools", functionParameters="since: timespan = 1d"),
        "saved search": search(category="Team"),
    }.items():
        name = kind.replace(" ", "-")
        lived.add(
            life(
                kind,
                name,
                body,
                other_query,
                lambda body: searches.create_or_update(*WORKSPACE, name, body),
                lambda: searches.get(*WORKSPACE, name),
                lambda: [search.name for search in searches.list_by_workspace(*WORKSPACE).value],
                lambda: searches.delete(*WORKSPACE, name),
            )
        )
    print(len(lived), "kinds created, listed, read, updated and deleted:", ", ".join(sorted(lived)))
    assert len(lived) == 13, lived


def queries(endpoint):
    """The published client of the query API: values of each type, a time span, errors."""
    client = LogsQueryClient(Credential(), endpoint=f"{endpoint}/v1", authentication_policy=Bearer())
    workspace = "2d1b6f0a-7c34-4b1e-8d5f-3a9c0e7b4f21"

    def ask(query, span=timedelta(days=1)):
        return client.query_workspace(workspace, query, timespan=span)

    query = "datatable(a: long, b: string, c: dynamic, d: datetime, e: real)[1, 'x', dynamic({'k': [1, 2]}), datetime(2026-11-30), 2.5]"
    result = ask(query)
    assert result.status == LogsQueryStatus.SUCCESS, result
    table = result.tables[0]
    assert table.columns == ["a", "b", "c", "d", "e"], table.columns
    assert table.columns_types == ["long", "string", "dynamic", "datetime", "real"], table.columns_types
    row = table.rows[0]
    assert (row["a"], row["b"], row["e"], row["d"].year) == (1, "x", 2.5, 2026), row
    assert len(ask("range n from 1 to 1000 step 1 | where n % 7 == 0 | summarize count() by n % 2").tables[0].rows) == 2
    start = datetime(2026, 11, 30, tzinfo=timezone.utc)
    for span in (None, timedelta(hours=1.5), (start, timedelta(hours=1)), (start, start + timedelta(hours=1))):
        assert len(ask("print 1", span).tables[0].rows) == 1, span
    refused(HttpResponseError, 400, "Nope", lambda: ask("SigninLogs | where Nope == 1"))


for part in (queries, rules, service_rules, metadata, watchlists, automation_rules, saved_searches, every_kind):
    part(sys.argv[1])
    print("ok", part.__name__)
